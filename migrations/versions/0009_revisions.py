"""Versions of what stood in public, revisions of it, copies; photos that are not shown (yet)."""

import sqlalchemy as sa
from alembic import op


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEEP = {"sqlite_autoincrement": True}
"""A table that SQLite rebuilds would give its old ids away again; the journal names them."""

LIVE = "state IN ('draft', 'submitted', 'returned')"


def upgrade() -> None:
    """Add them. Listings published before get their first version with their first revision."""
    op.create_table(
        "listing_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_listing_version_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_version_listing_id_listing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_version")),
        sa.UniqueConstraint(
            "listing_id", "number", name=op.f("uq_listing_version_listing_id_number")
        ),
    )
    op.create_table(
        "listing_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "approved",
                "withdrawn",
                name="revision_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_listing_revision_created_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_revision_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"],
            ["user_account.id"],
            name=op.f("fk_listing_revision_submitted_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_revision")),
        sa.UniqueConstraint("public_id", name=op.f("uq_listing_revision_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("listing_revision") as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_revision_listing_id"), ["listing_id"])
        batch_op.create_index(
            "uq_listing_revision_live",
            ["listing_id"],
            unique=True,
            sqlite_where=sa.text(LIVE),
            postgresql_where=sa.text(LIVE),
        )
    with op.batch_alter_table("listing", table_kwargs=KEEP) as batch_op:
        batch_op.add_column(sa.Column("copied_from_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_listing_copied_from_id_listing"), "listing", ["copied_from_id"], ["id"]
        )
    with op.batch_alter_table("photo", table_kwargs=KEEP) as batch_op:
        batch_op.add_column(
            sa.Column("is_shown", sa.Boolean(), server_default=sa.true(), nullable=False)
        )


def downgrade() -> None:
    """Take them away; photos that are not shown go with what they belonged to."""
    op.execute(sa.text("DELETE FROM photo WHERE NOT is_shown"))
    with op.batch_alter_table("photo", table_kwargs=KEEP) as batch_op:
        batch_op.drop_column("is_shown")
    with op.batch_alter_table("listing", table_kwargs=KEEP) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_listing_copied_from_id_listing"), type_="foreignkey"
        )
        batch_op.drop_column("copied_from_id")
    op.drop_table("listing_revision")
    op.drop_table("listing_version")
