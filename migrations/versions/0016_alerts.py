"""Saved searches, what they told, watched listings, and which notices someone gets by mail.

What is published already counts as noted: nobody is told of it.
"""

import sqlalchemy as sa
from alembic import op


revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "listing_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_news_listing_id_listing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_news")),
        sa.UniqueConstraint("listing_id", name=op.f("uq_listing_news_listing_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("listing_news", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_listing_news_published_at"), ["published_at"], unique=False
        )
    op.execute(
        "INSERT INTO listing_news (listing_id, published_at) "
        "SELECT id, published_at FROM listing WHERE published_at IS NOT NULL "
        "ORDER BY published_at, id"
    )

    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "rhythm",
            sa.Enum(
                "at_once",
                "daily",
                "weekly",
                name="rhythm",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_to", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_told", sa.Integer(), nullable=False),
        sa.Column("told_in_all", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_saved_search_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_saved_search_pair_id_pair")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_search_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("public_id", name=op.f("uq_saved_search_public_id")),
        sa.UniqueConstraint(
            "user_id",
            "pair_id",
            "kind",
            "asked",
            name=op.f("uq_saved_search_user_id_pair_id_kind_asked"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.create_index(
            "ix_saved_search_due", ["rhythm", "stopped_at", "checked_at"], unique=False
        )

    op.create_table(
        "search_digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["pair.id"], name=op.f("fk_search_digest_pair_id_pair")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_search_digest_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_search_digest_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("search_digest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_digest_user_id"), ["user_id"], unique=False)

    op.create_table(
        "search_digest_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["digest_id"],
            ["search_digest.id"],
            name=op.f("fk_search_digest_item_digest_id_search_digest"),
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_search_digest_item_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_search.id"],
            name=op.f("fk_search_digest_item_search_id_saved_search"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_search_digest_item_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_digest_item")),
        sa.UniqueConstraint(
            "user_id", "listing_id", name=op.f("uq_search_digest_item_user_id_listing_id")
        ),
    )
    with op.batch_alter_table("search_digest_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_search_digest_item_digest_id"), ["digest_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_search_digest_item_search_id"), ["search_id"], unique=False
        )

    op.create_table(
        "listing_watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_watch_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_listing_watch_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_listing_watch_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_watch")),
        sa.UniqueConstraint(
            "user_id", "listing_id", name=op.f("uq_listing_watch_user_id_listing_id")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("listing_watch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_listing_watch_listing_id"), ["listing_id"], unique=False
        )

    op.create_table(
        "closing_reminder",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_closing_reminder_listing_id_listing")
        ),
        sa.PrimaryKeyConstraint(
            "listing_id", "closes_on", "days", name=op.f("pk_closing_reminder")
        ),
    )

    op.create_table(
        "mail_refusal",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "topic",
            sa.Enum(
                "listings",
                "questions",
                "interests",
                "deals",
                "papers",
                "roads",
                "searches",
                "watched",
                name="topic",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_mail_refusal_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "topic", name=op.f("pk_mail_refusal")),
    )


def downgrade() -> None:
    op.drop_table("mail_refusal")
    op.drop_table("closing_reminder")
    with op.batch_alter_table("listing_watch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_watch_listing_id"))

    op.drop_table("listing_watch")
    with op.batch_alter_table("search_digest_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_digest_item_search_id"))
        batch_op.drop_index(batch_op.f("ix_search_digest_item_digest_id"))

    op.drop_table("search_digest_item")
    with op.batch_alter_table("search_digest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_digest_user_id"))

    op.drop_table("search_digest")
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.drop_index("ix_saved_search_due")

    op.drop_table("saved_search")
    with op.batch_alter_table("listing_news", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_news_published_at"))

    op.drop_table("listing_news")
