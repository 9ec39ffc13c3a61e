"""Survey trips, promises, and days on which clocks stand.

Only key_policy and mail_refusal, whose CHECKs grow, are rebuilt on SQLite, as in 0004.
"""

import sqlalchemy as sa
from alembic import op


revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


OLD = (
    "publish_produce",
    "publish_opportunity",
    "match_produce",
    "match_investment",
    "publish_need",
    "publish_tourism",
)
NEW = (*OLD, "confirm_trip")
OLD_TOPICS = (
    "listings",
    "questions",
    "interests",
    "deals",
    "papers",
    "roads",
    "searches",
    "watched",
)
NEW_TOPICS = (*OLD_TOPICS, "trips")


def upgrade() -> None:
    _known("key_policy", "decision", NEW)
    _known("mail_refusal", "topic", NEW_TOPICS)
    op.create_table('clock_stop',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject_type', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('why', sa.Text(), nullable=False),
    sa.CheckConstraint('until IS NULL OR until >= since', name=op.f('ck_clock_stop_ends_after_it_begins')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_stop')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('clock_stop', schema=None) as batch_op:
        batch_op.create_index('ix_clock_stop_subject', ['subject_type', 'subject_id'], unique=False)
        batch_op.create_index('uq_clock_stop_open', ['subject_type', 'subject_id'], unique=True, sqlite_where=sa.text('until IS NULL'), postgresql_where=sa.text('until IS NULL'))

    op.create_table('promise',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('pair_id', sa.Integer(), nullable=False),
    sa.Column('promisor_id', sa.Integer(), nullable=False),
    sa.Column('promisee_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('made_in', sa.Enum('trip', 'case', 'meeting', name='made_in', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('made_code', sa.Text(), nullable=True),
    sa.Column('state', sa.Enum('open', 'kept', 'broken', 'withdrawn', name='promise_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('said_done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('said_done', sa.Text(), nullable=False),
    sa.Column('soon_for', sa.Date(), nullable=True),
    sa.Column('late_for', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(made_in = 'meeting') = (made_code IS NULL)", name=op.f('ck_promise_made_where_it_can_be_found')),
    sa.CheckConstraint('promisor_id <> promisee_id', name=op.f('ck_promise_two_sides')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['user_account.id'], name=op.f('fk_promise_entered_by_id_user_account')),
    sa.ForeignKeyConstraint(['pair_id'], ['pair.id'], name=op.f('fk_promise_pair_id_pair')),
    sa.ForeignKeyConstraint(['promisee_id'], ['organisation.id'], name=op.f('fk_promise_promisee_id_organisation')),
    sa.ForeignKeyConstraint(['promisor_id'], ['organisation.id'], name=op.f('fk_promise_promisor_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promise')),
    sa.UniqueConstraint('public_id', name=op.f('uq_promise_public_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('promise', schema=None) as batch_op:
        batch_op.create_index('ix_promise_due', ['state', 'due_on'], unique=False)
        batch_op.create_index('ix_promise_made', ['made_in', 'made_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_promise_pair_id'), ['pair_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_promise_promisee_id'), ['promisee_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_promise_promisor_id'), ['promisor_id'], unique=False)

    op.create_table('trip',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('pair_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('host_id', sa.Integer(), nullable=True),
    sa.Column('meeting_point', sa.Text(), nullable=False),
    sa.Column('meets_at', sa.Integer(), nullable=True),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'planned', 'confirmed', 'under_way', 'reporting', 'closed', 'postponed', 'cancelled', name='trip_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('kit_id', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('written_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('ends_on IS NULL OR ends_on >= starts_on', name=op.f('ck_trip_ends_after_start')),
    sa.CheckConstraint('meets_at IS NULL OR meets_at BETWEEN 0 AND 1439', name=op.f('ck_trip_meets_on_a_clock')),
    sa.CheckConstraint('seats > 0', name=op.f('ck_trip_some_seats')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_trip_created_by_id_user_account')),
    sa.ForeignKeyConstraint(['host_id'], ['organisation.id'], name=op.f('fk_trip_host_id_organisation')),
    sa.ForeignKeyConstraint(['kit_id'], ['stored_file.id'], name=op.f('fk_trip_kit_id_stored_file')),
    sa.ForeignKeyConstraint(['pair_id'], ['pair.id'], name=op.f('fk_trip_pair_id_pair')),
    sa.ForeignKeyConstraint(['written_by_id'], ['user_account.id'], name=op.f('fk_trip_written_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trip')),
    sa.UniqueConstraint('public_id', name=op.f('uq_trip_public_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('trip', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trip_pair_id'), ['pair_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_trip_starts_on'), ['starts_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_trip_state'), ['state'], unique=False)

    op.create_table('trip_person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('function', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('is_leader', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Enum('asked', 'invited', 'accepted', 'declined', 'attended', 'absent', name='person_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_trip_person_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_trip_person_trip_id_trip')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trip_person')),
    sa.UniqueConstraint('public_id', name=op.f('uq_trip_person_public_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('trip_person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trip_person_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_trip_person_trip_id'), ['trip_id'], unique=False)
        batch_op.create_index('uq_trip_person_asked', ['trip_id', 'organisation_id'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    op.create_table('trip_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('no_promises', sa.Boolean(), nullable=False),
    sa.Column('written_by_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'signed', name='report_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_trip_report_trip_id_trip')),
    sa.ForeignKeyConstraint(['written_by_id'], ['user_account.id'], name=op.f('fk_trip_report_written_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trip_report')),
    sa.UniqueConstraint('trip_id', name=op.f('uq_trip_report_trip_id')),
    sqlite_autoincrement=True
    )
    op.create_table('trip_stop',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('at', sa.Integer(), nullable=True),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=True),
    sa.Column('listing_id', sa.Integer(), nullable=True),
    sa.Column('ask', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('to_see', 'seen', 'skipped', name='stop_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('phone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('server_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_by_id', sa.Integer(), nullable=True),
    sa.Column('skip_reason', sa.Text(), nullable=True),
    sa.Column('findings', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'to_see') = (server_at IS NULL)", name=op.f('ck_trip_stop_checked_when_checked')),
    sa.CheckConstraint('at IS NULL OR at BETWEEN 0 AND 1439', name=op.f('ck_trip_stop_on_a_clock')),
    sa.ForeignKeyConstraint(['checked_by_id'], ['user_account.id'], name=op.f('fk_trip_stop_checked_by_id_user_account')),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_trip_stop_listing_id_listing')),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_trip_stop_trip_id_trip')),
    sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_trip_stop_village_id_village')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trip_stop')),
    sa.UniqueConstraint('public_id', name=op.f('uq_trip_stop_public_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('trip_stop', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trip_stop_listing_id'), ['listing_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_trip_stop_trip_id'), ['trip_id'], unique=False)

    op.create_table('trip_interest',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=False),
    sa.Column('interest_id', sa.Integer(), nullable=False),
    sa.Column('next_step', sa.Enum('go_on', 'need_more', 'no', name='next_step', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('next_reason', sa.Text(), nullable=True),
    sa.Column('next_note', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(next_step = 'no') = (next_reason IS NOT NULL)", name=op.f('ck_trip_interest_no_has_a_reason')),
    sa.ForeignKeyConstraint(['interest_id'], ['interest.id'], name=op.f('fk_trip_interest_interest_id_interest')),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_trip_interest_trip_id_trip')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trip_interest')),
    sa.UniqueConstraint('public_id', name=op.f('uq_trip_interest_public_id')),
    sa.UniqueConstraint('trip_id', 'interest_id', name=op.f('uq_trip_interest_trip_id_interest_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('trip_interest', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trip_interest_interest_id'), ['interest_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_trip_interest_trip_id'), ['trip_id'], unique=False)

    op.create_table('trip_photo',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('stop_id', sa.Integer(), nullable=False),
    sa.Column('card', sa.Text(), nullable=False),
    sa.Column('page', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['stop_id'], ['trip_stop.id'], name=op.f('fk_trip_photo_stop_id_trip_stop')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trip_photo')),
    sa.UniqueConstraint('public_id', name=op.f('uq_trip_photo_public_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('trip_photo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trip_photo_card'), ['card'], unique=False)
        batch_op.create_index(batch_op.f('ix_trip_photo_page'), ['page'], unique=False)
        batch_op.create_index(batch_op.f('ix_trip_photo_stop_id'), ['stop_id'], unique=False)



def downgrade() -> None:
    op.execute("DELETE FROM key_policy WHERE decision = 'confirm_trip'")
    _known("key_policy", "decision", OLD)
    op.execute("DELETE FROM mail_refusal WHERE topic = 'trips'")
    _known("mail_refusal", "topic", OLD_TOPICS)
    with op.batch_alter_table('trip_photo', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trip_photo_stop_id'))
        batch_op.drop_index(batch_op.f('ix_trip_photo_page'))
        batch_op.drop_index(batch_op.f('ix_trip_photo_card'))

    op.drop_table('trip_photo')
    with op.batch_alter_table('trip_interest', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trip_interest_trip_id'))
        batch_op.drop_index(batch_op.f('ix_trip_interest_interest_id'))

    op.drop_table('trip_interest')
    with op.batch_alter_table('trip_stop', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trip_stop_trip_id'))
        batch_op.drop_index(batch_op.f('ix_trip_stop_listing_id'))

    op.drop_table('trip_stop')
    op.drop_table('trip_report')
    with op.batch_alter_table('trip_person', schema=None) as batch_op:
        batch_op.drop_index('uq_trip_person_asked', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.drop_index(batch_op.f('ix_trip_person_trip_id'))
        batch_op.drop_index(batch_op.f('ix_trip_person_organisation_id'))

    op.drop_table('trip_person')
    with op.batch_alter_table('trip', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trip_state'))
        batch_op.drop_index(batch_op.f('ix_trip_starts_on'))
        batch_op.drop_index(batch_op.f('ix_trip_pair_id'))

    op.drop_table('trip')
    with op.batch_alter_table('promise', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_promise_promisor_id'))
        batch_op.drop_index(batch_op.f('ix_promise_promisee_id'))
        batch_op.drop_index(batch_op.f('ix_promise_pair_id'))
        batch_op.drop_index('ix_promise_made')
        batch_op.drop_index('ix_promise_due')

    op.drop_table('promise')
    with op.batch_alter_table('clock_stop', schema=None) as batch_op:
        batch_op.drop_index('uq_clock_stop_open', sqlite_where=sa.text('until IS NULL'), postgresql_where=sa.text('until IS NULL'))
        batch_op.drop_index('ix_clock_stop_subject')

    op.drop_table('clock_stop')


def _known(table, column, values):
    """Let a column hold these codes and no others."""
    known = f"{column} IN (" + ", ".join(f"'{value}'" for value in values) + ")"
    name = op.f(f"ck_{table}_{column}")
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, known)
