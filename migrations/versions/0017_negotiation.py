"""Offers and answers, papers and signatures, stops of the clock, rulings of both localities.

The terms of every deal become its first offer, made by nobody in particular; who had agreed to
them has accepted it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BEFORE = (
    *("negotiating", "agreed", "signed", "active"),
    *("completed", "partly_completed", "cancelled"),
)
NEW = ("suspended", "disputed", "terminated")
MOMENT = sa.DateTime(timezone=True)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def _index(table: str, column: str) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column])


def _know_states(*values: str) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table("deal", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_deal_deal_state"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_deal_deal_state"), f"state IN ({listed})"
        )


def _day(moment: str) -> str:
    """The day of a moment on a Vietnamese clock."""
    if op.get_bind().dialect.name == "sqlite":
        return f"DATE({moment}, '+7 hours')"
    return f"CAST({moment} AT TIME ZONE 'Asia/Ho_Chi_Minh' AS DATE)"


def upgrade() -> None:
    _offers()
    _papers()
    _troubles()
    op.execute(
        "INSERT INTO offer (deal_id, number, quantity, unit_price, value, starts_on, ends_on, "
        "delivery, payment, quality, other, said_on, made_at) "
        "SELECT id, 1, committed_quantity, unit_price, committed_value, starts_on, ends_on, "
        f"delivery, '', '', '', {_day('opened_at')}, opened_at FROM deal ORDER BY id"
    )
    op.execute(
        "INSERT INTO offer_answer (offer_id, organisation_id, said_on, at) "
        f"SELECT offer.id, deal_party.organisation_id, {_day('agreed_at')}, agreed_at "
        "FROM deal_party "
        "JOIN offer ON offer.deal_id = deal_party.deal_id WHERE agreed_at IS NOT NULL "
        "AND role IN ('seller', 'buyer', 'host', 'investor') ORDER BY deal_party.id"
    )
    with op.batch_alter_table("deal_party") as batch_op:
        batch_op.drop_column("agreed_at")
    with op.batch_alter_table("deal", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_column("terms_number")
        batch_op.drop_column("delivery")
    _know_states(*BEFORE, *NEW)


def _offers() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("acting_id", sa.Integer(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name=op.f("ck_offer_some")),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR starts_on <= ends_on",
            name=op.f("ck_offer_days_in_order"),
        ),
        _refers("offer", "deal_id", "deal"),
        _refers("offer", "organisation_id", "organisation"),
        _refers("offer", "user_id", "user_account"),
        _refers("offer", "acting_id", "acting_record"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("deal_id", "number", name=op.f("uq_offer_deal_id_number")),
    )
    _index("offer", "deal_id")
    op.create_table(
        "offer_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("acting_id", sa.Integer(), nullable=True),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _refers("offer_answer", "offer_id", "offer"),
        _refers("offer_answer", "organisation_id", "organisation"),
        _refers("offer_answer", "user_id", "user_account"),
        _refers("offer_answer", "acting_id", "acting_record"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_answer")),
        sa.UniqueConstraint(
            "offer_id", "organisation_id", name=op.f("uq_offer_answer_offer_id_organisation_id")
        ),
    )
    _index("offer_answer", "offer_id")


def _papers() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            _enum("paper_kind", "memorandum", "frame", "offtake", "linkage"),
            nullable=False,
        ),
        sa.Column("linkage_form", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            _enum("agreement_state", "draft", "signed_one", "on_hold", "countersigned"),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'linkage') = (linkage_form IS NOT NULL)",
            name=op.f("ck_agreement_linkage_form"),
        ),
        sa.CheckConstraint(
            "linkage_form BETWEEN 1 AND 7", name=op.f("ck_agreement_one_of_seven")
        ),
        _refers("agreement", "deal_id", "deal"),
        _refers("agreement", "made_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("deal_id", name=op.f("uq_agreement_deal_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_agreement_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("acting_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _refers("signature", "agreement_id", "agreement"),
        _refers("signature", "organisation_id", "organisation"),
        _refers("signature", "paper_id", "stored_file"),
        _refers("signature", "user_id", "user_account"),
        _refers("signature", "acting_id", "acting_record"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint(
            "agreement_id",
            "organisation_id",
            name=op.f("uq_signature_agreement_id_organisation_id"),
        ),
    )
    _index("signature", "agreement_id")


def _troubles() -> None:
    op.create_table(
        "deal_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("state_before", _enum("deal_state", *BEFORE, *NEW), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until_on IS NULL OR from_on <= until_on", name=op.f("ck_deal_stop_days_in_order")
        ),
        _refers("deal_stop", "deal_id", "deal"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_stop")),
    )
    _index("deal_stop", "deal_id")
    _one_at_a_time("uq_deal_stop_open", "deal_stop", "until_on IS NULL")
    op.create_table(
        "ruling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("ruling_kind", "settle", "terminate"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "state", _enum("ruling_state", "proposed", "decided", "dropped"), nullable=False
        ),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)",
            name=op.f("ck_ruling_decided_when_decided"),
        ),
        _refers("ruling", "deal_id", "deal"),
        _refers("ruling", "proposed_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ruling_public_id")),
        sqlite_autoincrement=True,
    )
    _index("ruling", "deal_id")
    _one_at_a_time("uq_ruling_one_waits", "ruling", "state = 'proposed'")


def _one_at_a_time(name: str, table: str, where: str) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.create_index(
            name,
            ["deal_id"],
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    with op.batch_alter_table("deal_party") as batch_op:
        batch_op.add_column(sa.Column("agreed_at", MOMENT, nullable=True))
    with op.batch_alter_table("deal", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(
            sa.Column("terms_number", sa.Integer(), nullable=False, server_default="1")
        )
        batch_op.add_column(sa.Column("delivery", sa.Text(), nullable=False, server_default=""))
    latest = "(SELECT MAX(o.id) FROM offer o WHERE o.deal_id = {}.{})"
    op.execute(
        "UPDATE deal_party SET agreed_at = (SELECT a.at FROM offer_answer a "
        "WHERE a.organisation_id = deal_party.organisation_id "
        f"AND a.offer_id = {latest.format('deal_party', 'deal_id')})"
    )
    op.execute(
        "UPDATE deal SET (terms_number, delivery) = (SELECT o.number, o.delivery FROM offer o "
        f"WHERE o.id = {latest.format('deal', 'id')}) "
        "WHERE id IN (SELECT deal_id FROM offer)"
    )
    # What did not exist before goes back to the nearest state that did.
    op.execute(
        "UPDATE deal SET state = (SELECT s.state_before FROM deal_stop s "
        "WHERE s.deal_id = deal.id AND s.until_on IS NULL) "
        "WHERE state IN ('suspended', 'disputed')"
    )
    op.execute("UPDATE deal SET state = 'partly_completed' WHERE state = 'terminated'")
    with op.batch_alter_table("deal", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("terms_number", server_default=None)
        batch_op.alter_column("delivery", server_default=None)
    _know_states(*BEFORE)
    for table in ("ruling", "deal_stop", "signature", "agreement", "offer_answer", "offer"):
        op.drop_table(table)
