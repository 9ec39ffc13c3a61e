"""Who is in charge, deputies, reminders, joint meetings, and keys turned on paper."""

import sqlalchemy as sa
from alembic import op


revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEEP = {"sqlite_autoincrement": True}


def upgrade() -> None:
    op.add_column(
        "pair",
        sa.Column("decides_on_paper", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    with op.batch_alter_table("approval", table_kwargs=KEEP) as batch_op:
        batch_op.add_column(sa.Column("on_paper_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("entered_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_approval_on_paper_id_stored_file"),
            "stored_file",
            ["on_paper_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_approval_entered_by_id_user_account"),
            "user_account",
            ["entered_by_id"],
            ["id"],
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_approval_paper_was_entered"),
            "(on_paper_id IS NULL) = (entered_by_id IS NULL)",
        )

    op.create_table(
        "deputy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("user_id <> deputy_id", name=op.f("ck_deputy_someone_else")),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_deputy_days_in_order")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_deputy_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["user_account.id"], name=op.f("fk_deputy_deputy_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["locality_id"], ["locality.id"], name=op.f("fk_deputy_locality_id_locality")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["user_account.id"],
            name=op.f("fk_deputy_entered_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
        sa.UniqueConstraint("public_id", name=op.f("uq_deputy_public_id")),
        sqlite_autoincrement=True,
    )
    for column in ("user_id", "deputy_id", "locality_id"):
        op.create_index(op.f(f"ix_deputy_{column}"), "deputy", [column], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["locality_id"], ["locality.id"], name=op.f("fk_assignment_locality_id_locality")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_assignment_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "subject_type",
            "subject_id",
            "locality_id",
            name=op.f("uq_assignment_subject_type_subject_id_locality_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_assignment_user_id"), "assignment", ["user_id"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_reminder_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "subject_type",
            "subject_id",
            "on_day",
            name=op.f("uq_reminder_subject_type_subject_id_on_day"),
        ),
    )

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("begins", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("chair", sa.Text(), nullable=False),
        sa.Column("secretary", sa.Text(), nullable=False),
        sa.Column("attendees", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("called_by_id", sa.Integer(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_meeting_pair_id_pair")),
        sa.ForeignKeyConstraint(
            ["called_by_id"],
            ["user_account.id"],
            name=op.f("fk_meeting_called_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["locality_id"], ["locality.id"], name=op.f("fk_meeting_locality_id_locality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("public_id", name=op.f("uq_meeting_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meeting_pair_id"), "meeting", ["pair_id"], unique=False)

    op.create_table(
        "meeting_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_item_meeting_id_meeting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_item")),
        sa.UniqueConstraint("public_id", name=op.f("uq_meeting_item_public_id")),
        sa.UniqueConstraint(
            "meeting_id",
            "section",
            "subject_type",
            "subject_id",
            name=op.f("uq_meeting_item_meeting_id_section_subject_type_subject_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meeting_item_meeting_id"), "meeting_item", ["meeting_id"])


def downgrade() -> None:
    op.drop_table("meeting_item")
    op.drop_table("meeting")
    op.drop_table("reminder")
    op.drop_table("assignment")
    op.drop_table("deputy")
    with op.batch_alter_table("approval", table_kwargs=KEEP) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_approval_paper_was_entered"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_approval_entered_by_id_user_account"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_approval_on_paper_id_stored_file"), type_="foreignkey"
        )
        batch_op.drop_column("entered_by_id")
        batch_op.drop_column("on_paper_id")
    op.drop_column("pair", "decides_on_paper")
