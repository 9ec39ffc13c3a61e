"""Roads: the usual way to each village, and notices about roads."""

import sqlalchemy as sa
from alembic import op


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "road_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("is_everywhere", sa.Boolean(), nullable=False),
        sa.Column(
            "condition",
            sa.Enum(
                "open",
                "care",
                "narrow",
                "closed",
                name="condition",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "landslide",
                "flood",
                "works",
                "other",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("detour", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "posted",
                "ended",
                name="notice_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)",
            name=op.f("ck_road_notice_ended_when_ended"),
        ),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_road_notice_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["locality_id"], ["locality.id"], name=op.f("fk_road_notice_locality_id_locality")
        ),
        sa.ForeignKeyConstraint(
            ["posted_by_id"],
            ["user_account.id"],
            name=op.f("fk_road_notice_posted_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["road_notice.id"], name=op.f("fk_road_notice_replaces_id_road_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road_notice")),
        sa.UniqueConstraint("public_id", name=op.f("uq_road_notice_public_id")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_road_notice_replaces_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("road_notice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_road_notice_live", ["locality_id", "state", "since"], unique=False
        )

    op.create_table(
        "road_notice_village",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["road_notice.id"],
            name=op.f("fk_road_notice_village_notice_id_road_notice"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_road_notice_village_village_id_village")
        ),
        sa.PrimaryKeyConstraint("notice_id", "village_id", name=op.f("pk_road_notice_village")),
    )
    with op.batch_alter_table("road_notice_village", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_road_notice_village_village_id"), ["village_id"], unique=False
        )

    op.create_table(
        "village_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "paved",
                "track",
                "foot",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "vehicle",
            sa.Enum(
                "truck",
                "small_truck",
                "car",
                "motorbike",
                "none",
                name="vehicle",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "signal",
            sa.Enum(
                "yes",
                "part",
                "no",
                name="signal",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("distance", sa.Integer(), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "distance IS NULL OR distance >= 0",
            name=op.f("ck_village_access_distance_not_negative"),
        ),
        sa.CheckConstraint(
            "hours IS NULL OR hours >= 0", name=op.f("ck_village_access_hours_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_village_access_village_id_village")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_access")),
        sa.UniqueConstraint("village_id", name=op.f("uq_village_access_village_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("village_access")
    with op.batch_alter_table("road_notice_village", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_road_notice_village_village_id"))

    op.drop_table("road_notice_village")
    with op.batch_alter_table("road_notice", schema=None) as batch_op:
        batch_op.drop_index("ix_road_notice_live")

    op.drop_table("road_notice")
