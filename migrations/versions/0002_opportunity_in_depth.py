"""Opportunities in depth: capital, land, the village's word, the way of choosing, the dossier."""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXTS = (
    "capital_source",
    "land_use",
    "land_origin",
    "planning_basis",
    "planning_number",
    "road",
    "electricity",
    "water",
    "telecom",
    "environment",
    "city_list_item",
    "choosing_how",
)
FLAGS = ("touches_village", "touches_forest", "touches_culture")
CHOICES = {
    "capital_kind": ("proposed", "total", "per_hectare", "usd", "usd_per_hectare"),
    "planning": ("in_plan", "requested", "not_yet"),
    "forest": ("none", "production", "protection", "special_use"),
    "city_list": ("listed", "not_listed", "unknown"),
    "choosing": ("agreement", "comparison", "auction", "other"),
}
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
    "alcohol",
)


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def part(name: str, *columns: sa.schema.SchemaItem, **options: bool) -> None:
    """A table of rows that belong to an opportunity."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opportunity_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunity.id"], name=op.f(f"fk_{name}_opportunity_id_opportunity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        **options,
    )
    with op.batch_alter_table(name, schema=None) as batch_op:
        batch_op.create_index(batch_op.f(f"ix_{name}_opportunity_id"), ["opportunity_id"])


def upgrade() -> None:
    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        for name in ("usd_low", "usd_high"):
            batch_op.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
        for name in ("jobs", "households"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("planning_date", sa.Date(), nullable=True))
        for name in TEXTS:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        for name in FLAGS:
            batch_op.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            )
        for name, values in CHOICES.items():
            batch_op.add_column(sa.Column(name, choice(name, *values), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_opportunity_usd_order"),
            "usd_low IS NULL OR usd_high IS NULL OR usd_low <= usd_high",
        )
        batch_op.create_check_constraint(
            op.f("ck_opportunity_one_currency"), "capital_low IS NULL OR usd_low IS NULL"
        )
    op.execute("UPDATE opportunity SET capital_kind = 'total' WHERE capital_low IS NOT NULL")

    op.create_table(
        "opportunity_material",
        sa.Column("opportunity_id", sa.Integer(), nullable=False),
        sa.Column("product_group", choice("group", *GROUPS), nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["opportunity.id"],
            name=op.f("fk_opportunity_material_opportunity_id_opportunity"),
        ),
        sa.PrimaryKeyConstraint(
            "opportunity_id", "product_group", name=op.f("pk_opportunity_material")
        ),
    )
    part(
        "opportunity_incentive",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=True),
        sa.Column("holds_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "holds_from IS NULL OR holds_until IS NULL OR holds_from <= holds_until",
            name=op.f("ck_opportunity_incentive_days_in_order"),
        ),
    )
    part(
        "opportunity_criterion",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "weight BETWEEN 1 AND 100", name=op.f("ck_opportunity_criterion_percent")
        ),
    )
    part(
        "opportunity_permit",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("days IS NULL OR days > 0", name=op.f("ck_opportunity_permit_some_days")),
    )
    part(
        "village_meeting",
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=False),
        sa.Column("in_favour", sa.Integer(), nullable=False),
        sa.Column("against", sa.Integer(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("attended > 0", name=op.f("ck_village_meeting_somebody_present")),
        sa.CheckConstraint(
            "in_favour >= 0 AND against >= 0", name=op.f("ck_village_meeting_votes_not_negative")
        ),
        sa.CheckConstraint(
            "in_favour + against <= attended",
            name=op.f("ck_village_meeting_votes_of_those_present"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_village_meeting_village_id_village")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_village_meeting_file_id_stored_file")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_village_meeting_public_id")),
        sa.UniqueConstraint(
            "opportunity_id", "village_id", name=op.f("uq_village_meeting_opportunity_id_village_id")
        ),
        sqlite_autoincrement=True,
    )
    part(
        "opportunity_document",
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("audience", choice("audience", "public", "verified", "officials"), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
            name=op.f("fk_opportunity_document_file_id_stored_file"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_opportunity_document_public_id")),
        sqlite_autoincrement=True,
    )
    part(
        "opportunity_mark",
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["marked_by_id"],
            ["user_account.id"],
            name=op.f("fk_opportunity_mark_marked_by_id_user_account"),
        ),
        sa.UniqueConstraint(
            "opportunity_id", "part", name=op.f("uq_opportunity_mark_opportunity_id_part")
        ),
    )


def downgrade() -> None:
    for name in (
        "opportunity_mark",
        "opportunity_document",
        "village_meeting",
        "opportunity_permit",
        "opportunity_criterion",
        "opportunity_incentive",
        "opportunity_material",
    ):
        op.drop_table(name)
    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        for name in (*CHOICES, "usd_order", "one_currency"):
            batch_op.drop_constraint(op.f(f"ck_opportunity_{name}"), type_="check")
        for name in (*CHOICES, *FLAGS, *TEXTS):
            batch_op.drop_column(name)
        for name in ("planning_date", "households", "jobs", "usd_high", "usd_low"):
            batch_op.drop_column(name)
