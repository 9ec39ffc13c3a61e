"""Lots of goods and the steps of their way."""

import sqlalchemy as sa
from alembic import op


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("own_code", sa.Text(), nullable=True),
        sa.Column("gtin", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column(
            "unit",
            sa.Enum(
                "kg",
                "ta",
                "tan",
                "lit",
                "ha",
                "sao",
                "m2",
                "chai",
                "hop",
                "goi",
                "bo",
                "con",
                "tam",
                "cai",
                "lo",
                "hu",
                "cap",
                "suat",
                "chuyen",
                "nguoi",
                "nguoi_dem",
                name="unit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("produced_from", sa.Date(), nullable=True),
        sa.Column("produced_until", sa.Date(), nullable=True),
        sa.Column("packed_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("shelf_life", sa.Text(), nullable=True),
        sa.Column("standards", sa.Text(), nullable=True),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "recalled",
                "closed",
                name="lot_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("recalled_at", MOMENT, nullable=True),
        sa.Column("recall_reason", sa.Text(), nullable=True),
        sa.Column("recall_note", sa.Text(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'recalled') = (recalled_at IS NOT NULL)",
            name=op.f("ck_lot_recalled_when_recalled"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR published_at IS NOT NULL", name=op.f("ck_lot_published_when_public")
        ),
        sa.CheckConstraint(
            "produced_until IS NULL OR produced_from IS NULL OR produced_until >= produced_from",
            name=op.f("ck_lot_production_order"),
        ),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name=op.f("ck_lot_some_quantity")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_lot_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_lot_listing_id_listing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lot_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_photo"), ["photo"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_state"), ["state"], unique=False)

    op.create_table(
        "lot_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "receive",
                "sow",
                "harvest",
                "sort",
                "dry",
                "process",
                "pack",
                "store",
                "ship",
                "other",
                name="step_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("location_code", sa.Text(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("who", sa.Text(), nullable=True),
        sa.Column("partner", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("struck_at", MOMENT, nullable=True),
        sa.Column("struck_by_id", sa.Integer(), nullable=True),
        sa.Column("struck_why", sa.Text(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(struck_at IS NULL) = (struck_by_id IS NULL)",
            name=op.f("ck_lot_step_struck_by_someone"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user_account.id"], name=op.f("fk_lot_step_added_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_step_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["lot_step.id"], name=op.f("fk_lot_step_replaces_id_lot_step")
        ),
        sa.ForeignKeyConstraint(
            ["struck_by_id"],
            ["user_account.id"],
            name=op.f("fk_lot_step_struck_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_step")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lot_step_public_id")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_lot_step_replaces_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("lot_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_step_lot_id"), ["lot_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("lot_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_step_lot_id"))

    op.drop_table("lot_step")

    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_photo"))
        batch_op.drop_index(batch_op.f("ix_lot_state"))
        batch_op.drop_index(batch_op.f("ix_lot_listing_id"))

    op.drop_table("lot")
