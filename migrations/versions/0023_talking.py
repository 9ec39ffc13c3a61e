"""Conversations, officials' notes, introductions by hand, firms invited and their invitations."""

import sqlalchemy as sa
from alembic import op


revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('invitee',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('pair_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_key', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('contact', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('last_contact_on', sa.Date(), nullable=True),
    sa.Column('answer', sa.Enum('none', 'interested', 'not_now', name='answer', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['entered_by_id'], ['user_account.id'], name=op.f('fk_invitee_entered_by_id_user_account')),
    sa.ForeignKeyConstraint(['pair_id'], ['pair.id'], name=op.f('fk_invitee_pair_id_pair')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitee')),
    sa.UniqueConstraint('pair_id', 'name_key', name=op.f('uq_invitee_pair_id_name_key')),
    sa.UniqueConstraint('public_id', name=op.f('uq_invitee_public_id')),
    sqlite_autoincrement=True
    )
    op.create_table('introduction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('pair_id', sa.Integer(), nullable=False),
    sa.Column('one_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('listing_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lapses_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'agreed', 'refused', 'withdrawn', 'lapsed', name='introduction_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'proposed') = (ended_at IS NULL)", name=op.f('ck_introduction_ended_when_ended')),
    sa.CheckConstraint('one_id <> other_id', name=op.f('ck_introduction_two_sides')),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_introduction_listing_id_listing')),
    sa.ForeignKeyConstraint(['one_id'], ['organisation.id'], name=op.f('fk_introduction_one_id_organisation')),
    sa.ForeignKeyConstraint(['other_id'], ['organisation.id'], name=op.f('fk_introduction_other_id_organisation')),
    sa.ForeignKeyConstraint(['pair_id'], ['pair.id'], name=op.f('fk_introduction_pair_id_pair')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['user_account.id'], name=op.f('fk_introduction_proposed_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_introduction')),
    sa.UniqueConstraint('public_id', name=op.f('uq_introduction_public_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('introduction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_introduction_lapses_on'), ['lapses_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_introduction_listing_id'), ['listing_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_introduction_one_id'), ['one_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_introduction_other_id'), ['other_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_introduction_pair_id'), ['pair_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_introduction_state'), ['state'], unique=False)

    op.create_table('introduction_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('introduction_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('acting_id', sa.Integer(), nullable=True),
    sa.Column('said_on', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['acting_id'], ['acting_record.id'], name=op.f('fk_introduction_answer_acting_id_acting_record')),
    sa.ForeignKeyConstraint(['introduction_id'], ['introduction.id'], name=op.f('fk_introduction_answer_introduction_id_introduction')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_introduction_answer_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_introduction_answer_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_introduction_answer')),
    sa.UniqueConstraint('introduction_id', 'organisation_id', name=op.f('uq_introduction_answer_introduction_id_organisation_id'))
    )
    with op.batch_alter_table('introduction_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_introduction_answer_introduction_id'), ['introduction_id'], unique=False)

    op.create_table('officer_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('interest_id', sa.Integer(), nullable=True),
    sa.Column('match_id', sa.Integer(), nullable=True),
    sa.Column('introduction_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(CASE WHEN interest_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN match_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN introduction_id IS NULL THEN 0 ELSE 1 END) = 1', name=op.f('ck_officer_note_about_one')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_officer_note_author_id_user_account')),
    sa.ForeignKeyConstraint(['interest_id'], ['interest.id'], name=op.f('fk_officer_note_interest_id_interest')),
    sa.ForeignKeyConstraint(['introduction_id'], ['introduction.id'], name=op.f('fk_officer_note_introduction_id_introduction')),
    sa.ForeignKeyConstraint(['match_id'], ['match.id'], name=op.f('fk_officer_note_match_id_match')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_officer_note_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_officer_note')),
    sa.UniqueConstraint('public_id', name=op.f('uq_officer_note_public_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('officer_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_officer_note_interest_id'), ['interest_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_officer_note_introduction_id'), ['introduction_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_officer_note_match_id'), ['match_id'], unique=False)

    op.create_table('thread',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pair_id', sa.Integer(), nullable=False),
    sa.Column('interest_id', sa.Integer(), nullable=True),
    sa.Column('match_id', sa.Integer(), nullable=True),
    sa.Column('introduction_id', sa.Integer(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(CASE WHEN interest_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN match_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN introduction_id IS NULL THEN 0 ELSE 1 END) = 1', name=op.f('ck_thread_about_one')),
    sa.ForeignKeyConstraint(['interest_id'], ['interest.id'], name=op.f('fk_thread_interest_id_interest')),
    sa.ForeignKeyConstraint(['introduction_id'], ['introduction.id'], name=op.f('fk_thread_introduction_id_introduction')),
    sa.ForeignKeyConstraint(['match_id'], ['match.id'], name=op.f('fk_thread_match_id_match')),
    sa.ForeignKeyConstraint(['pair_id'], ['pair.id'], name=op.f('fk_thread_pair_id_pair')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_thread')),
    sa.UniqueConstraint('interest_id', name=op.f('uq_thread_interest_id')),
    sa.UniqueConstraint('introduction_id', name=op.f('uq_thread_introduction_id')),
    sa.UniqueConstraint('match_id', name=op.f('uq_thread_match_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('thread', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_thread_pair_id'), ['pair_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('acting_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("erased_at IS NULL OR words = ''", name=op.f('ck_message_erased_is_empty')),
    sa.ForeignKeyConstraint(['acting_id'], ['acting_record.id'], name=op.f('fk_message_acting_id_acting_record')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_message_author_id_user_account')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_message_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_message_thread_id_thread')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('public_id', name=op.f('uq_message_public_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_thread', ['thread_id', 'id'], unique=False)

    op.create_table('thread_read',
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('last_id', sa.Integer(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_thread_read_thread_id_thread')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_thread_read_user_id_user_account')),
    sa.PrimaryKeyConstraint('thread_id', 'user_id', name=op.f('pk_thread_read'))
    )
    op.create_table('message_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_message_file_file_id_stored_file')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_file_message_id_message')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_file')),
    sa.UniqueConstraint('file_id', name=op.f('uq_message_file_file_id'))
    )
    with op.batch_alter_table('message_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_file_message_id'), ['message_id'], unique=False)

    op.add_column('organisation', sa.Column('invitation', sa.Text(), nullable=True))
    op.create_index(op.f('ix_organisation_invitation'), 'organisation', ['invitation'], unique=False)



def downgrade() -> None:
    op.drop_index(op.f('ix_organisation_invitation'), table_name='organisation')
    op.drop_column('organisation', 'invitation')

    with op.batch_alter_table('message_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_file_message_id'))

    op.drop_table('message_file')
    op.drop_table('thread_read')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_thread')

    op.drop_table('message')
    with op.batch_alter_table('thread', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_thread_pair_id'))

    op.drop_table('thread')
    with op.batch_alter_table('officer_note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_officer_note_match_id'))
        batch_op.drop_index(batch_op.f('ix_officer_note_introduction_id'))
        batch_op.drop_index(batch_op.f('ix_officer_note_interest_id'))

    op.drop_table('officer_note')
    with op.batch_alter_table('introduction_answer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_introduction_answer_introduction_id'))

    op.drop_table('introduction_answer')
    with op.batch_alter_table('introduction', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_introduction_state'))
        batch_op.drop_index(batch_op.f('ix_introduction_pair_id'))
        batch_op.drop_index(batch_op.f('ix_introduction_other_id'))
        batch_op.drop_index(batch_op.f('ix_introduction_one_id'))
        batch_op.drop_index(batch_op.f('ix_introduction_listing_id'))
        batch_op.drop_index(batch_op.f('ix_introduction_lapses_on'))

    op.drop_table('introduction')
    op.drop_table('invitee')
