"""Listings people keep for later."""

import sqlalchemy as sa
from alembic import op


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_listing",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_kept_listing_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_kept_listing_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "listing_id", name=op.f("pk_kept_listing")),
    )
    with op.batch_alter_table("kept_listing", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_kept_listing_listing_id"), ["listing_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("kept_listing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kept_listing_listing_id"))

    op.drop_table("kept_listing")
