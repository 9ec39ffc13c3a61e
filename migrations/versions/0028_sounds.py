"""Words that begin with “kh” stand under their own sound: it is no “ch” to anyone."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WORDS = sa.text("SELECT word FROM search_word WHERE word LIKE 'kh%'")
FORGET = sa.text("DELETE FROM search_rest WHERE word LIKE 'kh%' AND rest LIKE '~%'")
KEEP = sa.text("INSERT INTO search_rest (rest, word) VALUES (:rest, :word)")


def upgrade() -> None:
    _hear("kh")


def downgrade() -> None:
    _hear("ch")


def _hear(beginning: str) -> None:
    """Write these words down as they sound, with this beginning."""
    connection = op.get_bind()
    words = connection.scalars(WORDS).all()
    connection.execute(FORGET)
    if words:
        connection.execute(KEEP, [{"rest": sound(w, beginning), "word": w} for w in words])


def sound(word: str, beginning: str) -> str:
    """As the program hears a word that begins with “kh”, when this was written."""
    word = beginning + word[2:]
    for pattern, heard in (("y", "i"), ("ng$|nh$", "n"), ("(?<=.)[ck]$|ch$", "t")):
        word = re.sub(pattern, heard, word)
    return "~" + word
