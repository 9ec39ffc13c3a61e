"""An index that holds all the results add up, so that no row of a figure is read for them."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_figure_tally",
        "figure",
        ["pair_id", "state", "outcome_id", "indicator", "period_start", "amount"],
    )


def downgrade() -> None:
    op.drop_index("ix_figure_tally", table_name="figure")
