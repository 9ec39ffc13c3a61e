"""Search: an index of words on both databases, the words known, and names that mean the same.

SQLite gets the FTS5 table "search_index" over three columns of "listing", kept by triggers: a later
batch operation on "listing" rebuilds that table without them and has to make them again.
PostgreSQL gets generated columns and a GIN index.

Rows that are there are filled from what they say: the marks of a few words of their kinds (a
variety, a place) are known only after "flask search rebuild", which changes their order at most.
"""

import re
import unicodedata
from itertools import combinations

import sqlalchemy as sa
from alembic import op


revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LONGEST_WORD = 64
FIELDS = ("search_title", "search_text", "search_marked")
BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
GENERATED = (
    ("search_title_words", "search_title"),
    ("search_words", "search_text"),
    ("search_marked_words", "search_marked"),
)
APOSTROPHES = "'`´‘’‛ʹʻʼʽˊˋ′＇ꞌ"


def upgrade() -> None:
    for name in ("search_title", "search_marked"):
        op.add_column("listing", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "search_word",
        sa.Column("word", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.create_table(
        "search_rest",
        sa.Column("rest", BYTES, nullable=False),
        sa.Column("word", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("rest", "word", name=op.f("pk_search_rest")),
    )
    op.create_table(
        "synonym_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("sort_key", BYTES, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["locality_id"], ["locality.id"], name=op.f("fk_synonym_group_locality_id_locality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym_group")),
        sa.UniqueConstraint("public_id", name=op.f("uq_synonym_group_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("synonym_group", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_synonym_group_locality_id"), ["locality_id"], unique=False
        )
    fill(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        make_for_postgresql()
    else:
        make_for_sqlite()


def make_for_postgresql() -> None:
    for name, field in GENERATED:
        op.execute(
            f"ALTER TABLE listing ADD COLUMN {name} tsvector GENERATED ALWAYS AS "
            f"(array_to_tsvector(string_to_array(btrim({field}), ' '))) STORED"
        )
    op.execute("CREATE INDEX search_index_of_listing ON listing USING gin (search_words)")


def make_for_sqlite() -> None:
    columns = ", ".join(FIELDS)
    new = ", ".join(f"new.{name}" for name in FIELDS)
    old = ", ".join(f"old.{name}" for name in FIELDS)
    take = f"INSERT INTO search_index (rowid, {columns}) VALUES (new.id, {new});"
    drop = (
        f"INSERT INTO search_index (search_index, rowid, {columns}) VALUES ('delete', old.id, {old});"
    )
    op.execute(
        f"CREATE VIRTUAL TABLE search_index USING fts5({columns}, content='listing', "
        "content_rowid='id', tokenize='ascii', detail='column', prefix='2 3')"
    )
    op.execute(f"CREATE TRIGGER search_index_added AFTER INSERT ON listing BEGIN {take} END")
    op.execute(
        f"CREATE TRIGGER search_index_changed AFTER UPDATE OF id, {columns} ON listing "
        f"BEGIN {drop} {take} END"
    )
    op.execute(f"CREATE TRIGGER search_index_removed AFTER DELETE ON listing BEGIN {drop} END")
    op.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")


def fill(connection: sa.Connection) -> None:
    """Words of the title and words with their marks for the listings that are there; and all words."""
    rows = connection.execute(
        sa.text(
            "SELECT listing.id, listing.kind, listing.slug, listing.title, listing.description, "
            "listing.search_text, organisation.name AS owner, village.name AS village FROM listing "
            "JOIN organisation ON organisation.id = listing.organisation_id "
            "LEFT JOIN village ON village.id = listing.village_id"
        )
    ).all()
    known: set[str] = set()
    update = sa.text(
        "UPDATE listing SET search_title = :title, search_text = :words, search_marked = :marked "
        "WHERE id = :id"
    )
    for row in rows:
        words = dict.fromkeys(word[:LONGEST_WORD] for word in row.search_text.split())
        owner = "" if row.kind == "need" else row.owner
        texts = (row.title, owner, row.village or "", row.description)
        marked = dict.fromkeys(
            seen for text in texts for seen, bare in typed(text) if bare in words
        )
        title = dict.fromkeys(word for word in row.slug.split("-") if word in words)
        connection.execute(
            update,
            {
                "id": row.id,
                "title": between_spaces(title),
                "words": between_spaces(words),
                "marked": between_spaces(marked),
            },
        )
        known.update(word for word in words if word.isalpha() and 1 < len(word) <= 24)
    if known:
        insert = sa.text("INSERT INTO search_word (word) VALUES (:word)")
        connection.execute(insert, [{"word": word} for word in sorted(known)])
        insert = sa.text("INSERT INTO search_rest (rest, word) VALUES (:rest, :word)")
        connection.execute(
            insert, [{"rest": rest, "word": word} for word in sorted(known) for rest in rests(word)]
        )


def between_spaces(words: dict[str, None]) -> str:
    return f" {' '.join(words)} " if words else ""


def typed(text: str) -> list[tuple[str, str]]:
    """The words of a text as typed and folded; known spellings are left to a rebuild."""
    text = unicodedata.normalize("NFC", text.casefold()).translate(dict.fromkeys(map(ord, APOSTROPHES)))
    return [
        (word[:LONGEST_WORD], bare(word)[:LONGEST_WORD]) for word in re.findall(r"[^\W_]+", text)
    ]


def bare(word: str) -> str:
    parts = unicodedata.normalize("NFD", word).replace("đ", "d")
    return "".join(c for c in parts if not unicodedata.combining(c))


def rests(word: str) -> list[str]:
    """What is left of a word when one letter is missing, of longer ones two; and its sound."""
    found = {word, sound(word)}
    for missing in range(1, (1 if len(word) <= 4 else 2) + 1):
        for gone in combinations(range(len(word)), missing):
            found.add("".join(c for at, c in enumerate(word) if at not in gone))
    return sorted(rest for rest in found if rest)


def sound(word: str) -> str:
    for pattern, heard in (
        ("^ngh", "ng"), ("^gh", "g"), ("^(?:gi|r|d)(?=[aeiouy])", "z"), ("^ph", "f"),
        ("^tr", "ch"), ("^x", "s"), ("^[kq]", "c"), ("^l", "n"), ("y", "i"),
        ("ng$|nh$", "n"), ("(?<=.)[ck]$|ch$", "t"),
    ):
        word = re.sub(pattern, heard, word)
    return "~" + word


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX search_index_of_listing")
        for name, _field in GENERATED:
            op.execute(f"ALTER TABLE listing DROP COLUMN {name}")
    else:
        for name in ("added", "changed", "removed"):
            op.execute(f"DROP TRIGGER search_index_{name}")
        op.execute("DROP TABLE search_index")
    op.drop_table("synonym_group")
    op.drop_table("search_rest")
    op.drop_table("search_word")
    for name in ("search_marked", "search_title"):
        op.drop_column("listing", name)
