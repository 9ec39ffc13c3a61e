"""Hidden listings, and reports about listings."""

import sqlalchemy as sa
from alembic import op


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEEP = {"sqlite_autoincrement": True}
"""A table that SQLite rebuilds would give its old ids away again; the journal names them."""


def upgrade() -> None:
    """Add them; every listing there is stays in sight."""
    op.create_table(
        "listing_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "reported",
                "dismissed",
                "upheld",
                name="report_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "about",
            sa.Enum(
                "wrong",
                "prohibited",
                "fraud",
                "personal_data",
                "offensive",
                "other",
                name="about",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("reporter_name", sa.Text(), nullable=False),
        sa.Column("reporter_contact", sa.Text(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'reported') = (handled_at IS NULL)",
            name=op.f("ck_listing_report_handled_when_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_report_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["user_account.id"],
            name=op.f("fk_listing_report_reporter_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_listing_report_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("listing_report") as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_report_listing_id"), ["listing_id"])
        batch_op.create_index("ix_listing_report_open", ["state", "listing_id"])
    with op.batch_alter_table("listing", table_kwargs=KEEP) as batch_op:
        batch_op.add_column(
            sa.Column(
                "visibility",
                sa.Enum(
                    "shown",
                    "hidden",
                    name="visibility",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                server_default="shown",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("hidden_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_listing_hidden_by_id_user_account"),
            "user_account",
            ["hidden_by_id"],
            ["id"],
        )


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("listing", table_kwargs=KEEP) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_listing_hidden_by_id_user_account"), type_="foreignkey"
        )
        batch_op.drop_column("hidden_by_id")
        batch_op.drop_constraint(batch_op.f("ck_listing_visibility"), type_="check")
        batch_op.drop_column("visibility")
    op.drop_table("listing_report")
