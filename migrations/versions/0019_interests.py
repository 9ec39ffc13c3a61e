"""Interests in depth: drafts, asking for more, "may we ask again", and enquiries without an account.

The table of interests is rebuilt on SQLite, for the states it knows; nothing is lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COOPERATIONS = (
    "new_company",
    "equity",
    "project",
    "contract",
    "linkage",
    "forest_lease",
    "with_cooperative",
    "other",
)
PERIODS = ("week", "month", "once")
OLD = ("submitted", "acknowledged", "accepted", "declined", "withdrawn", "lapsed", "converted")
NEW = (
    "draft",
    "submitted",
    "acknowledged",
    "info_requested",
    "accepted",
    "declined",
    "withdrawn",
    "lapsed",
    "converted",
)
LIVE = "uq_interest_live"


def _known(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN (" + ", ".join(f"'{value}'" for value in values) + ")"


def _live(*states: str) -> None:
    where = sa.text(_known("state", states))
    op.create_index(
        LIVE,
        "interest",
        ["listing_id", "organisation_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def upgrade() -> None:
    op.drop_index(LIVE, "interest")
    with op.batch_alter_table("interest", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(sa.Column("papers", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("cooperation", sa.String(40), nullable=True))
        batch.add_column(sa.Column("begins_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("years", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("questions", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("informed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(
            sa.Column("ask_again", sa.String(40), nullable=False, server_default="unsaid")
        )
        batch.drop_constraint(op.f("ck_interest_interest_state"), type_="check")
        batch.create_check_constraint(op.f("ck_interest_interest_state"), _known("state", NEW))
        batch.create_check_constraint(
            op.f("ck_interest_cooperation"), _known("cooperation", COOPERATIONS)
        )
        batch.create_check_constraint(
            op.f("ck_interest_ask_again"), _known("ask_again", ("unsaid", "yes", "no"))
        )
    _live("submitted", "acknowledged", "info_requested", "accepted")
    where = sa.text("state = 'draft'")
    op.create_index(
        "uq_interest_draft",
        "interest",
        ["listing_id", "organisation_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_table(
        "enquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("organisation_name", sa.Text(), nullable=False),
        sa.Column("consent_text", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("interest_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("capital", sa.BigInteger(), nullable=True),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("period", sa.String(40), nullable=True),
        sa.Column("months", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("wished_on", sa.Date(), nullable=True),
        sa.Column("papers", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("cooperation", sa.String(40), nullable=True),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("questions", sa.Text(), nullable=False, server_default=""),
        sa.Column("message", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (ended_at IS NULL)", name=op.f("ck_enquiry_ended")),
        sa.CheckConstraint(
            "(state = 'tied') = (interest_id IS NOT NULL)", name=op.f("ck_enquiry_tied")
        ),
        sa.CheckConstraint(
            "quantity IS NULL OR quantity > 0", name=op.f("ck_enquiry_quantity_positive")
        ),
        sa.CheckConstraint(
            "capital IS NULL OR capital > 0", name=op.f("ck_enquiry_capital_positive")
        ),
        sa.CheckConstraint(
            "unit_price IS NULL OR unit_price > 0", name=op.f("ck_enquiry_price_positive")
        ),
        sa.CheckConstraint("months BETWEEN 0 AND 4095", name=op.f("ck_enquiry_twelve_months")),
        sa.CheckConstraint(
            _known("state", ("sent", "tied", "declined", "withdrawn", "lapsed")),
            name=op.f("ck_enquiry_enquiry_state"),
        ),
        sa.CheckConstraint(_known("period", PERIODS), name=op.f("ck_enquiry_period")),
        sa.CheckConstraint(
            _known("cooperation", COOPERATIONS), name=op.f("ck_enquiry_cooperation")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_enquiry_pair_id_pair")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_enquiry_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["interest_id"], ["interest.id"], name=op.f("fk_enquiry_interest_id_interest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_enquiry_public_id")),
        sa.UniqueConstraint("interest_id", name=op.f("uq_enquiry_interest_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_enquiry_pair_id"), "enquiry", ["pair_id"])
    op.create_index(op.f("ix_enquiry_listing_id"), "enquiry", ["listing_id"])
    op.create_index("ix_enquiry_state_sent_at", "enquiry", ["state", "sent_at"])


def downgrade() -> None:
    """Drafts and enquiries go; what waits for an answer of its sender waits for the owner again."""
    op.drop_table("enquiry")
    op.drop_index("uq_interest_draft", "interest")
    op.drop_index(LIVE, "interest")
    op.execute("DELETE FROM interest WHERE state = 'draft'")
    op.execute("UPDATE interest SET state = 'acknowledged' WHERE state = 'info_requested'")
    with op.batch_alter_table("interest", table_kwargs={"sqlite_autoincrement": True}) as batch:
        for name in ("ask_again", "cooperation", "interest_state"):
            batch.drop_constraint(op.f(f"ck_interest_{name}"), type_="check")
        batch.create_check_constraint(op.f("ck_interest_interest_state"), _known("state", OLD))
        for column in (
            "ask_again",
            "informed_at",
            "asked_at",
            "questions",
            "years",
            "begins_on",
            "cooperation",
            "papers",
        ):
            batch.drop_column(column)
    _live("submitted", "acknowledged", "accepted")
