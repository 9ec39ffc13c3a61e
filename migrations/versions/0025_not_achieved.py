"""An outcome of which nothing was delivered is not achieved, instead of cancelled.

Deals ended before keep what their journal says: cancelled.
"""

import sqlalchemy as sa
from alembic import op


revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEEP = {"sqlite_autoincrement": True}
OLD = ("planned", "ongoing", "achieved", "partly_achieved", "cancelled")
NEW = ("planned", "ongoing", "achieved", "partly_achieved", "not_achieved", "cancelled")
ONE_END = "uq_outcome_one_end"


def _among(values: tuple[str, ...]) -> str:
    return f"state IN ({', '.join(map(repr, values))})"


def _knows(states: tuple[str, ...], ends: tuple[str, ...]) -> None:
    """The states an outcome may have, and those of which a deal has one at most."""
    with op.batch_alter_table("outcome", table_kwargs=KEEP) as batch_op:
        batch_op.drop_index(ONE_END)
        batch_op.drop_constraint(batch_op.f("ck_outcome_outcome_state"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_outcome_outcome_state"), _among(states))
        batch_op.create_index(
            ONE_END,
            ["deal_id"],
            unique=True,
            sqlite_where=sa.text(_among(ends)),
            postgresql_where=sa.text(_among(ends)),
        )


def upgrade() -> None:
    _knows(NEW, ("achieved", "partly_achieved", "not_achieved"))


def downgrade() -> None:
    op.execute("UPDATE outcome SET state = 'cancelled' WHERE state = 'not_achieved'")
    _knows(OLD, ("achieved", "partly_achieved"))
