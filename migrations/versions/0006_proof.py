"""What papers cover, the list of wild species, and alcohol as a product group."""

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
BYTE_ORDER = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
GROUPS = (
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
)
ALCOHOL = "alcohol"


def _allow_groups(groups: tuple[str, ...]) -> None:
    """Let produce be of these groups. Downwards, alcohol becomes processed food."""
    if ALCOHOL not in groups:
        op.execute("UPDATE produce SET product_group = 'processed' WHERE product_group = 'alcohol'")
    names = ", ".join(f"'{group}'" for group in groups)
    with op.batch_alter_table("produce") as batch_op:
        batch_op.drop_constraint(op.f("ck_produce_group"), type_="check")
        batch_op.create_check_constraint(op.f("ck_produce_group"), f"product_group IN ({names})")


def upgrade() -> None:
    _allow_groups((*GROUPS, ALCOHOL))
    op.create_table(
        "wild_species",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", BYTE_ORDER, nullable=False),
        sa.Column("sort_key", BYTE_ORDER, nullable=False),
        sa.Column("synonyms", sa.Text(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "forbidden",
                "permit",
                "allowed",
                name="wild_rule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_always", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["locality_id"], ["locality.id"], name=op.f("fk_wild_species_locality_id_locality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wild_species")),
        sa.UniqueConstraint(
            "locality_id", "name_key", name=op.f("uq_wild_species_locality_id_name_key")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_wild_species_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("wild_species", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_wild_species_locality_id"), ["locality_id"], unique=False
        )

    op.create_table(
        "listing_paper",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["user_account.id"],
            name=op.f("fk_listing_paper_added_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_paper_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_listing_paper_paper_id_paper")
        ),
        sa.PrimaryKeyConstraint("listing_id", "paper_id", name=op.f("pk_listing_paper")),
    )
    with op.batch_alter_table("listing_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_paper_paper_id"), ["paper_id"], unique=False)

    op.create_table(
        "paper_group",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column(
            "product_group",
            sa.Enum(
                *GROUPS, ALCOHOL, name="group", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["user_account.id"],
            name=op.f("fk_paper_group_added_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_paper_group_paper_id_paper")
        ),
        sa.PrimaryKeyConstraint("paper_id", "product_group", name=op.f("pk_paper_group")),
    )


def downgrade() -> None:
    for table in ("paper_group", "listing_paper", "wild_species"):
        op.drop_table(table)
    _allow_groups(GROUPS)
