"""The e-mail address of whoever asks without an account, and mails that go there."""

import sqlalchemy as sa
from alembic import op


revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KEEP = {"sqlite_autoincrement": True}
GIVEN = "enquiry_id IS NOT NULL"


def upgrade() -> None:
    op.add_column(
        "enquiry", sa.Column("contact_email", sa.Text(), server_default="", nullable=False)
    )
    op.add_column("enquiry", sa.Column("language", sa.Text(), server_default="vi", nullable=False))
    with op.batch_alter_table("delivery", table_kwargs=KEEP) as batch_op:
        batch_op.add_column(sa.Column("enquiry_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_delivery_enquiry_id_enquiry"), "enquiry", ["enquiry_id"], ["id"]
        )
        batch_op.create_index(
            "uq_delivery_visitor",
            ["entry_id", "enquiry_id", "channel"],
            unique=True,
            sqlite_where=sa.text(GIVEN),
            postgresql_where=sa.text(GIVEN),
        )


def downgrade() -> None:
    op.execute(sa.text(f"DELETE FROM delivery WHERE {GIVEN}"))
    with op.batch_alter_table("delivery", table_kwargs=KEEP) as batch_op:
        batch_op.drop_index("uq_delivery_visitor")
        batch_op.drop_constraint(
            batch_op.f("fk_delivery_enquiry_id_enquiry"), type_="foreignkey"
        )
        batch_op.drop_column("enquiry_id")
    with op.batch_alter_table("enquiry", table_kwargs=KEEP) as batch_op:
        batch_op.drop_column("language")
        batch_op.drop_column("contact_email")
