"""Papers of producers, the reminders sent about them, and numbers claimed twice."""

import sqlalchemy as sa
from alembic import op


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
BYTE_ORDER = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "commitment",
                "food_safety",
                "ocop",
                "vietgap",
                "organic",
                "pgs",
                "globalgap",
                "haccp",
                "iso_22000",
                "safe_chain",
                "growing_area",
                "self_declaration",
                "liquor",
                "harvest",
                name="paper_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_key", BYTE_ORDER, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("issuer_key", BYTE_ORDER, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column(
            "coverage",
            sa.Enum(
                "all",
                "chosen",
                name="coverage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("covers_members", sa.Boolean(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("prolonged_until", sa.Date(), nullable=True),
        sa.Column("scan_id", sa.Integer(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("decision_number", sa.Text(), nullable=True),
        sa.Column("decision_on", sa.Date(), nullable=True),
        sa.Column("area", sa.BigInteger(), nullable=True),
        sa.Column("output", sa.BigInteger(), nullable=True),
        sa.Column("standard", sa.Text(), nullable=True),
        sa.Column("certifier_code", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "submitted",
                "verified",
                "returned",
                "suspended",
                "revoked",
                name="paper_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("renews_id", sa.Integer(), nullable=True),
        sa.Column("root_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("verified_at", MOMENT, nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('verified', 'suspended', 'revoked')) = (verified_at IS NOT NULL)",
            name=op.f("ck_paper_verified_when_verified"),
        ),
        sa.CheckConstraint(
            "(type = 'ocop') = (stars IS NOT NULL) AND (type <> 'ocop' OR (decision_number IS NOT NULL AND decision_on IS NOT NULL AND scan_id IS NOT NULL))",
            name=op.f("ck_paper_stars_with_decision"),
        ),
        sa.CheckConstraint(
            "(renews_id IS NULL) = (root_id IS NULL)", name=op.f("ck_paper_root_of_renewal")
        ),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by_id IS NULL)",
            name=op.f("ck_paper_verified_by_someone"),
        ),
        sa.CheckConstraint(
            "prolonged_until IS NULL OR prolonged_until > valid_until",
            name=op.f("ck_paper_prolonged_beyond"),
        ),
        sa.CheckConstraint(
            "stars IS NULL OR stars BETWEEN 3 AND 5", name=op.f("ck_paper_three_to_five_stars")
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= issued_on", name=op.f("ck_paper_dates_in_order")
        ),
        sa.CheckConstraint(
            "verified_at IS NULL OR scan_id IS NOT NULL", name=op.f("ck_paper_verified_by_scan")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_paper_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_paper_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["renews_id"], ["paper.id"], name=op.f("fk_paper_renews_id_paper")),
        sa.ForeignKeyConstraint(["root_id"], ["paper.id"], name=op.f("fk_paper_root_id_paper")),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["stored_file.id"], name=op.f("fk_paper_scan_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"],
            ["user_account.id"],
            name=op.f("fk_paper_verified_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("public_id", name=op.f("uq_paper_public_id")),
        sa.UniqueConstraint("renews_id", name=op.f("uq_paper_renews_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_number_key"), ["number_key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_paper_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_paper_root_id"), ["root_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_paper_number",
            ["type", "issuer_key", "number_key"],
            unique=True,
            sqlite_where=sa.text(
                "renews_id IS NULL AND state IN ('submitted', 'verified', 'suspended')"
            ),
            postgresql_where=sa.text(
                "renews_id IS NULL AND state IN ('submitted', 'verified', 'suspended')"
            ),
        )

    op.create_table(
        "paper_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL)",
            name=op.f("ck_paper_claim_settled_by_someone"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_paper_claim_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_paper_claim_paper_id_paper")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"],
            ["user_account.id"],
            name=op.f("fk_paper_claim_settled_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_paper_claim_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_claim")),
        sa.UniqueConstraint("public_id", name=op.f("uq_paper_claim_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("paper_claim", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_paper_claim_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_paper_claim_paper_id"), ["paper_id"], unique=False)
        batch_op.create_index(
            "uq_paper_claim_open",
            ["paper_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "paper_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_paper_reminder_paper_id_paper")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_reminder")),
        sa.UniqueConstraint(
            "paper_id", "until", "days", name=op.f("uq_paper_reminder_paper_id_until_days")
        ),
    )
    with op.batch_alter_table("paper_reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_reminder_paper_id"), ["paper_id"], unique=False)


def downgrade() -> None:
    for table in ("paper_reminder", "paper_claim", "paper"):
        op.drop_table(table)
