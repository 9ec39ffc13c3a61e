"""Produce in depth: quantities by month, price steps, packs, delivery, specification, grades.

Figures of listings that stand already are kept as they are; no row by month is invented for them.
"""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = {
    "variety": "TEXT DEFAULT '' NOT NULL",
    "grower_id": (
        "INTEGER CONSTRAINT fk_produce_grower_id_organisation REFERENCES organisation (id)"
    ),
    "grower": "TEXT DEFAULT '' NOT NULL",
    "area": "BIGINT",
    "harvest": "TEXT DEFAULT '' NOT NULL",
    "lunar": "TEXT DEFAULT '' NOT NULL",
    "minimum": "BIGINT",
    "storage_days": "INTEGER",
    "storage": "TEXT DEFAULT '' NOT NULL",
    "samples": (
        "VARCHAR(40) CONSTRAINT ck_produce_samples CHECK (samples IN ('no', 'free', 'paid'))"
    ),
    "sample_price": "BIGINT",
    "sales_paper": (
        "VARCHAR(40) CONSTRAINT ck_produce_sales_paper "
        "CHECK (sales_paper IN ('invoice', 'purchase_list', 'none'))"
    ),
}
"""Added one by one in words both databases know: SQLite would copy the table without its checks."""


def upgrade() -> None:
    for name, words in COLUMNS.items():
        op.execute(f"ALTER TABLE produce ADD COLUMN {name} {words}")
    op.create_index("ix_produce_grower_id", "produce", ["grower_id"])
    op.create_table(
        "produce_month",
        _listing(),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "month BETWEEN 1 AND 12", name=op.f("ck_produce_month_month_of_a_year")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_produce_month_something")),
        *_keys("produce_month", "month"),
    )
    op.create_table(
        "produce_step",
        _listing(),
        sa.Column("from_quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_quantity > 0", name=op.f("ck_produce_step_from_something")),
        sa.CheckConstraint("price > 0", name=op.f("ck_produce_step_costs_something")),
        *_keys("produce_step", "from_quantity"),
    )
    op.create_table(
        "produce_pack",
        _listing(),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_produce_pack_holds_something")),
        *_keys("produce_pack", "position"),
    )
    op.create_table(
        "produce_delivery",
        _listing(),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column(
            "freight",
            sa.Enum(
                "seller",
                "buyer",
                "shared",
                name="freight",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        *_keys("produce_delivery", "position"),
    )
    op.create_table(
        "produce_spec",
        _listing(),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        *_keys("produce_spec", "code"),
    )
    op.create_table(
        "produce_grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        _listing(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["produce.id"], name=op.f("fk_produce_grade_listing_id_produce")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_produce_grade")),
        sa.UniqueConstraint("public_id", name=op.f("uq_produce_grade_public_id")),
        sqlite_autoincrement=True,
    )
    for column in ("card", "listing_id", "page"):
        op.create_index(f"ix_produce_grade_{column}", "produce_grade", [column])


def _listing() -> sa.Column:
    return sa.Column("listing_id", sa.Integer(), nullable=False)


def _keys(table: str, second: str) -> list[sa.Constraint]:
    """A row belongs to a listing and is the only one of its ``second`` there."""
    return [
        sa.ForeignKeyConstraint(
            ["listing_id"], ["produce.id"], name=op.f(f"fk_{table}_listing_id_produce")
        ),
        sa.PrimaryKeyConstraint("listing_id", second, name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    for name in ("grade", "spec", "delivery", "pack", "step", "month"):
        op.drop_table(f"produce_{name}")
    op.drop_index("ix_produce_grower_id", "produce")
    with op.batch_alter_table("produce") as batch_op:
        for name in ("samples", "sales_paper"):
            batch_op.drop_constraint(op.f(f"ck_produce_{name}"), type_="check")
        for name in reversed(COLUMNS):
            batch_op.drop_column(name)
