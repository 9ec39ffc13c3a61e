"""Needs and tourism: two kinds of listings, audiences, offers, and their two decisions.

New columns are added with their named constraints in one statement, which both databases know:
rebuilding a table on SQLite would lose its AUTOINCREMENT. Only key_policy, whose CHECK grows and
which has none, is rebuilt there.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OLD = ("publish_produce", "publish_opportunity", "match_produce", "match_investment")
NEW = (*OLD, "publish_need", "publish_tourism")

ADDED = (
    (
        "listing",
        "audience",
        (
            "VARCHAR(40) DEFAULT 'public' NOT NULL CONSTRAINT ck_listing_audience "
            "CHECK (audience IN ('public', 'producers', 'officials'))"
        ),
    ),
    (
        "interest",
        "unit_price",
        "BIGINT CONSTRAINT ck_interest_price_positive CHECK (unit_price IS NULL OR unit_price > 0)",
    ),
    (
        "interest",
        "period",
        "VARCHAR(40) CONSTRAINT ck_interest_period CHECK (period IN ('week', 'month', 'once'))",
    ),
    (
        "interest",
        "months",
        (
            "INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_interest_twelve_months "
            "CHECK (months BETWEEN 0 AND 4095)"
        ),
    ),
    ("interest", "wished_on", "DATE"),
    (
        "interest",
        "offered_id",
        "INTEGER CONSTRAINT fk_interest_offered_id_listing REFERENCES listing (id)",
    ),
    (
        "match",
        "stock_id",
        "INTEGER CONSTRAINT fk_match_stock_id_listing REFERENCES listing (id)",
    ),
)
"""Table, column, and its type with constraints."""


def upgrade() -> None:
    """Two tables, seven columns, one CHECK."""
    op.create_table(
        "need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "seeking",
            sa.Enum(
                "goods",
                "investment",
                name="seeking",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "product_group",
            sa.Enum(
                "herbs",
                "tea",
                "spices",
                "vegetables",
                "cereals",
                "fruit",
                "honey",
                "forest",
                "livestock",
                "processed",
                "textiles",
                "wickerwork",
                "alcohol",
                name="group",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("product", sa.Text(), nullable=False),
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
        sa.Column(
            "period",
            sa.Enum(
                "week",
                "month",
                "once",
                name="period",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("papers_asked", sa.Integer(), nullable=False),
        sa.Column("price_limit", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=True),
        sa.Column("sectors", sa.Integer(), nullable=False),
        sa.Column("capital_low", sa.BigInteger(), nullable=True),
        sa.Column("capital_high", sa.BigInteger(), nullable=True),
        sa.Column(
            "cooperation",
            sa.Enum(
                "new_company",
                "equity",
                "project",
                "contract",
                "linkage",
                "forest_lease",
                "with_cooperative",
                "other",
                name="cooperation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "capital_low IS NULL OR capital_high IS NULL OR capital_low <= capital_high",
            name=op.f("ck_need_capital_order"),
        ),
        sa.CheckConstraint("months BETWEEN 0 AND 4095", name=op.f("ck_need_twelve_months")),
        sa.CheckConstraint("papers_asked BETWEEN 0 AND 255", name=op.f("ck_need_known_papers")),
        sa.CheckConstraint(
            "price_limit IS NULL OR price_limit > 0", name=op.f("ck_need_limit_positive")
        ),
        sa.CheckConstraint(
            "quantity IS NULL OR quantity > 0", name=op.f("ck_need_quantity_positive")
        ),
        sa.CheckConstraint("sectors BETWEEN 0 AND 31", name=op.f("ck_need_known_sectors")),
        sa.ForeignKeyConstraint(["id"], ["listing.id"], name=op.f("fk_need_id_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
    )
    op.create_index(op.f("ix_need_product_group"), "need", ["product_group"])

    op.create_table(
        "tourism",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "offering",
            sa.Enum(
                "homestay",
                "tour",
                "craft",
                "performance",
                "speciality",
                name="offering",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "sector",
            sa.Enum(
                "wood",
                "earth",
                "water",
                "fire",
                "metal",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
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
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("group_low", sa.Integer(), nullable=True),
        sa.Column("group_high", sa.Integer(), nullable=True),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("duration", sa.Text(), nullable=False),
        sa.Column("languages", sa.Integer(), nullable=False),
        sa.Column("included", sa.Text(), nullable=False),
        sa.Column("cancellation", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "capacity IS NULL OR capacity > 0", name=op.f("ck_tourism_capacity_positive")
        ),
        sa.CheckConstraint(
            "group_low IS NULL OR group_high IS NULL OR group_low <= group_high",
            name=op.f("ck_tourism_group_order"),
        ),
        sa.CheckConstraint("languages BETWEEN 0 AND 127", name=op.f("ck_tourism_known_languages")),
        sa.CheckConstraint("months BETWEEN 0 AND 4095", name=op.f("ck_tourism_twelve_months")),
        sa.CheckConstraint("price IS NULL OR price > 0", name=op.f("ck_tourism_price_positive")),
        sa.ForeignKeyConstraint(["id"], ["listing.id"], name=op.f("fk_tourism_id_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tourism")),
    )
    op.create_index(op.f("ix_tourism_offering"), "tourism", ["offering"])
    for table, column, kind in ADDED:
        op.execute(f'ALTER TABLE "{table}" ADD COLUMN {column} {kind}')
    op.create_index(op.f("ix_interest_offered_id"), "interest", ["offered_id"])
    op.create_index(op.f("ix_match_stock_id"), "match", ["stock_id"])
    _decisions(NEW)


def downgrade() -> None:
    """Listings of the two kinds go as well; where someone has answered one, nothing changes."""
    op.execute("DELETE FROM key_policy WHERE decision IN ('publish_need', 'publish_tourism')")
    _decisions(OLD)
    op.drop_index(op.f("ix_match_stock_id"), "match")
    op.drop_index(op.f("ix_interest_offered_id"), "interest")
    for table, column, kind in reversed(ADDED):
        check = re.search(r"CONSTRAINT (\w+) CHECK", kind)  # a reference goes with its column
        with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
            if check:
                batch_op.drop_constraint(op.f(check[1]), type_="check")
            batch_op.drop_column(column)
    op.drop_table("tourism")
    op.drop_table("need")
    op.execute(
        "DELETE FROM photo WHERE listing_id IN "
        "(SELECT id FROM listing WHERE kind IN ('need', 'tourism'))"
    )
    op.execute("DELETE FROM listing WHERE kind IN ('need', 'tourism')")


def _decisions(values: tuple[str, ...]) -> None:
    """Let a pair's policies be about these decisions."""
    known = "decision IN (" + ", ".join(f"'{value}'" for value in values) + ")"
    name = op.f("ck_key_policy_decision")
    with op.batch_alter_table("key_policy") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, known)
