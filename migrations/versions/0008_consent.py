"""Consent of households, and numbered forms on paper."""

import sqlalchemy as sa
from alembic import op


revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column(
            "how",
            sa.Enum(
                "paper",
                "witness",
                "self",
                name="consent_how",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("witness", sa.Text(), nullable=True),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("for_posting", sa.Boolean(), nullable=False),
        sa.Column("for_contacts", sa.Boolean(), nullable=False),
        sa.Column("for_photos", sa.Boolean(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("by_organisation_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "live",
                "withdrawn",
                "replaced",
                name="consent_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL AND withdrawn_on IS NOT NULL)",
            name=op.f("ck_consent_withdrawn_when_withdrawn"),
        ),
        sa.CheckConstraint(
            "how != 'paper' OR evidence_id IS NOT NULL", name=op.f("ck_consent_paper_has_proof")
        ),
        sa.CheckConstraint(
            "how != 'witness' OR witness IS NOT NULL", name=op.f("ck_consent_word_has_witness")
        ),
        sa.ForeignKeyConstraint(
            ["by_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_consent_by_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["stored_file.id"], name=op.f("fk_consent_evidence_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_consent_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_consent_recorded_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consent_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            "uq_consent_live",
            ["organisation_id"],
            unique=True,
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )

    op.create_table(
        "paper_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("by_organisation_id", sa.Integer(), nullable=False),
        sa.Column("printed_by_id", sa.Integer(), nullable=False),
        sa.Column("printed_at", MOMENT, nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("listing_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(listing_id IS NULL) = (entered_at IS NULL)",
            name=op.f("ck_paper_form_entered_when_entered"),
        ),
        sa.CheckConstraint(
            "listing_id IS NULL OR (sheet_id IS NOT NULL AND organisation_id IS NOT NULL)",
            name=op.f("ck_paper_form_entered_from_a_sheet"),
        ),
        sa.ForeignKeyConstraint(
            ["by_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_paper_form_by_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_paper_form_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["locality_id"], ["locality.id"], name=op.f("fk_paper_form_locality_id_locality")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_paper_form_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["printed_by_id"],
            ["user_account.id"],
            name=op.f("fk_paper_form_printed_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["stored_file.id"], name=op.f("fk_paper_form_sheet_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_form")),
        sa.UniqueConstraint("listing_id", name=op.f("uq_paper_form_listing_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_paper_form_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("paper_form", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_paper_form_by_organisation_id"), ["by_organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_paper_form_locality_id"), ["locality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_paper_form_organisation_id"), ["organisation_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("paper_form", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_form_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_paper_form_locality_id"))
        batch_op.drop_index(batch_op.f("ix_paper_form_by_organisation_id"))

    op.drop_table("paper_form")

    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_consent_live",
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )
        batch_op.drop_index(batch_op.f("ix_consent_organisation_id"))

    op.drop_table("consent")
