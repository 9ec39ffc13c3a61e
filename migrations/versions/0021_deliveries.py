"""Deliveries: plans, call-offs, parcels, money received, second chances; goods taken at less."""

import sqlalchemy as sa
from alembic import op


revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scheduled_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "met",
                "dropped",
                name="plan_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "quantity IS NOT NULL OR what <> ''", name=op.f("ck_scheduled_delivery_says_something")
        ),
        sa.CheckConstraint(
            "quantity IS NULL OR quantity > 0", name=op.f("ck_scheduled_delivery_quantity_positive")
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deal.id"], name=op.f("fk_scheduled_delivery_deal_id_deal")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["user_account.id"],
            name=op.f("fk_scheduled_delivery_made_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_delivery")),
        sa.UniqueConstraint("public_id", name=op.f("uq_scheduled_delivery_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("scheduled_delivery", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scheduled_delivery_deal_id"), ["deal_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_scheduled_delivery_due_on"), ["due_on"], unique=False)

    op.create_table(
        "second_chance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("interest_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "offered",
                "taken",
                "declined",
                "lapsed",
                "dropped",
                name="chance_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("new_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'taken') = (new_id IS NOT NULL)",
            name=op.f("ck_second_chance_taken_as_interest"),
        ),
        sa.CheckConstraint(
            "state <> 'offered' OR answer_by IS NOT NULL",
            name=op.f("ck_second_chance_offered_until"),
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deal.id"], name=op.f("fk_second_chance_deal_id_deal")
        ),
        sa.ForeignKeyConstraint(
            ["interest_id"], ["interest.id"], name=op.f("fk_second_chance_interest_id_interest")
        ),
        sa.ForeignKeyConstraint(
            ["new_id"], ["interest.id"], name=op.f("fk_second_chance_new_id_interest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_chance")),
        sa.UniqueConstraint("deal_id", "place", name=op.f("uq_second_chance_deal_id_place")),
        sa.UniqueConstraint("new_id", name=op.f("uq_second_chance_new_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_second_chance_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("second_chance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_second_chance_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_second_chance_interest_id"), ["interest_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_second_chance_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_second_chance_live",
            ["interest_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'offered')"),
            postgresql_where=sa.text("state IN ('waiting', 'offered')"),
        )
        batch_op.create_index(
            "uq_second_chance_one_at_a_time",
            ["deal_id"],
            unique=True,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )

    op.create_table(
        "call_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("promised", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "promised",
                "refused",
                "withdrawn",
                name="call_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("planned_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'promised') = (promised IS NOT NULL)",
            name=op.f("ck_call_off_promised_when_promised"),
        ),
        sa.CheckConstraint(
            "promised IS NULL OR (promised > 0 AND promised <= quantity)",
            name=op.f("ck_call_off_promised_of_it"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_call_off_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_call_off_answered_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_call_off_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_call_off_deal_id_deal")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_call_off_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["planned_id"],
            ["scheduled_delivery.id"],
            name=op.f("fk_call_off_planned_id_scheduled_delivery"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_off")),
        sa.UniqueConstraint("planned_id", name=op.f("uq_call_off_planned_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_call_off_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("call_off", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_off_deal_id"), ["deal_id"], unique=False)

    op.create_table(
        "dispatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("boxes", sa.Integer(), nullable=False),
        sa.Column("coach", sa.Text(), nullable=False),
        sa.Column("coach_phone", sa.Text(), nullable=True),
        sa.Column("leaves_on", sa.Date(), nullable=False),
        sa.Column("leaves_at", sa.Text(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("arrives_at", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sent",
                "received",
                "lost",
                name="dispatch_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("instalment_id", sa.Integer(), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'received') = (instalment_id IS NOT NULL)",
            name=op.f("ck_dispatch_received_as_instalment"),
        ),
        sa.CheckConstraint("boxes > 0", name=op.f("ck_dispatch_some_boxes")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_dispatch_quantity_positive")),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_dispatch_deal_id_deal")),
        sa.ForeignKeyConstraint(
            ["instalment_id"], ["instalment.id"], name=op.f("fk_dispatch_instalment_id_instalment")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_dispatch_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["user_account.id"], name=op.f("fk_dispatch_sent_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint("instalment_id", name=op.f("uq_dispatch_instalment_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dispatch_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("dispatch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispatch_deal_id"), ["deal_id"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("instalment_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "how",
            sa.Enum(
                "cash",
                "transfer",
                "other",
                name="paid_how",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "noted",
                "struck",
                name="payment_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("acting_id", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount_positive")),
        sa.ForeignKeyConstraint(
            ["acting_id"], ["acting_record.id"], name=op.f("fk_payment_acting_id_acting_record")
        ),
        sa.ForeignKeyConstraint(
            ["instalment_id"], ["instalment.id"], name=op.f("fk_payment_instalment_id_instalment")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["user_account.id"], name=op.f("fk_payment_noted_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payment_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_instalment_id"), ["instalment_id"], unique=False
        )

    # Columns are only added: rebuilding the table on SQLite would lose its checks.
    for name in ("downgraded", "downgraded_price", "rejected"):
        op.add_column("instalment", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("instalment", sa.Column("goods_reason", sa.Text(), nullable=True))
    op.add_column(
        "instalment",
        sa.Column(
            "photo_id",
            sa.Integer(),
            sa.ForeignKey("stored_file.id", name="fk_instalment_photo_id_stored_file"),
            nullable=True,
        ),
        inline_references=True,
    )


def downgrade() -> None:
    with op.batch_alter_table(
        "instalment", table_kwargs={"sqlite_autoincrement": True}
    ) as batch_op:
        for name in ("photo_id", "goods_reason", "rejected", "downgraded_price", "downgraded"):
            batch_op.drop_column(name)
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_instalment_id"))

    op.drop_table("payment")
    with op.batch_alter_table("dispatch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispatch_deal_id"))

    op.drop_table("dispatch")
    with op.batch_alter_table("call_off", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_off_deal_id"))

    op.drop_table("call_off")
    with op.batch_alter_table("second_chance", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_second_chance_one_at_a_time",
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.drop_index(
            "uq_second_chance_live",
            sqlite_where=sa.text("state IN ('waiting', 'offered')"),
            postgresql_where=sa.text("state IN ('waiting', 'offered')"),
        )
        batch_op.drop_index(batch_op.f("ix_second_chance_state"))
        batch_op.drop_index(batch_op.f("ix_second_chance_interest_id"))
        batch_op.drop_index(batch_op.f("ix_second_chance_deal_id"))

    op.drop_table("second_chance")
    with op.batch_alter_table("scheduled_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheduled_delivery_due_on"))
        batch_op.drop_index(batch_op.f("ix_scheduled_delivery_deal_id"))

    op.drop_table("scheduled_delivery")
