"""Choosing among several who want one opportunity, and the tasks of a case.

Deals that go on already get the tasks of their opportunity's permits from the clock.
"""

import sqlalchemy as sa
from alembic import op


revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('selection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('pair_id', sa.Integer(), nullable=False),
    sa.Column('listing_id', sa.Integer(), nullable=False),
    sa.Column('how', sa.Text(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('decides_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('open', 'scoring', 'decided', 'void', name='selection_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('opened_by_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('proposed_by_id', sa.Integer(), nullable=True),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state IN ('decided', 'void')) = (ended_at IS NOT NULL)", name=op.f('ck_selection_ended_when_ended')),
    sa.CheckConstraint('(proposed_at IS NULL) = (proposed_by_id IS NULL)', name=op.f('ck_selection_proposed_by_someone')),
    sa.CheckConstraint('closes_on < decides_on', name=op.f('ck_selection_days_in_order')),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_selection_listing_id_listing')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['user_account.id'], name=op.f('fk_selection_opened_by_id_user_account')),
    sa.ForeignKeyConstraint(['pair_id'], ['pair.id'], name=op.f('fk_selection_pair_id_pair')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['user_account.id'], name=op.f('fk_selection_proposed_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_selection')),
    sa.UniqueConstraint('public_id', name=op.f('uq_selection_public_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('selection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_selection_listing_id'), ['listing_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_selection_pair_id'), ['pair_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_selection_state'), ['state'], unique=False)
        batch_op.create_index('uq_selection_live', ['listing_id'], unique=True, sqlite_where=sa.text("state IN ('open', 'scoring')"), postgresql_where=sa.text("state IN ('open', 'scoring')"))

    op.create_table('applicant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('selection_id', sa.Integer(), nullable=False),
    sa.Column('interest_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('is_late', sa.Boolean(), nullable=False),
    sa.Column('is_chosen', sa.Boolean(), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=True),
    sa.Column('place', sa.Integer(), nullable=True),
    sa.Column('asked', sa.Text(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('NOT (is_late AND is_chosen)', name=op.f('ck_applicant_late_is_not_chosen')),
    sa.CheckConstraint('answer IS NULL OR asked IS NOT NULL', name=op.f('ck_applicant_asked_first')),
    sa.ForeignKeyConstraint(['interest_id'], ['interest.id'], name=op.f('fk_applicant_interest_id_interest')),
    sa.ForeignKeyConstraint(['selection_id'], ['selection.id'], name=op.f('fk_applicant_selection_id_selection')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_applicant')),
    sa.UniqueConstraint('public_id', name=op.f('uq_applicant_public_id')),
    sa.UniqueConstraint('selection_id', 'interest_id', name=op.f('uq_applicant_selection_id_interest_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('applicant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_applicant_interest_id'), ['interest_id'], unique=False)
        batch_op.create_index('uq_applicant_chosen', ['selection_id'], unique=True, sqlite_where=sa.text('is_chosen'), postgresql_where=sa.text('is_chosen'))

    op.create_table('interest_declaration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('selection_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('locality_id', sa.Integer(), nullable=False),
    sa.Column('has_conflict', sa.Boolean(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['locality_id'], ['locality.id'], name=op.f('fk_interest_declaration_locality_id_locality')),
    sa.ForeignKeyConstraint(['selection_id'], ['selection.id'], name=op.f('fk_interest_declaration_selection_id_selection')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_interest_declaration_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interest_declaration')),
    sa.UniqueConstraint('selection_id', 'user_id', name=op.f('uq_interest_declaration_selection_id_user_id'))
    )
    op.create_table('selection_criterion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('selection_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.CheckConstraint('weight BETWEEN 1 AND 100', name=op.f('ck_selection_criterion_percent')),
    sa.ForeignKeyConstraint(['selection_id'], ['selection.id'], name=op.f('fk_selection_criterion_selection_id_selection')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_selection_criterion')),
    sa.UniqueConstraint('selection_id', 'position', name=op.f('uq_selection_criterion_selection_id_position'))
    )
    op.create_table('selection_score',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('selection_id', sa.Integer(), nullable=False),
    sa.Column('applicant_id', sa.Integer(), nullable=False),
    sa.Column('criterion_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('points BETWEEN 0 AND 10', name=op.f('ck_selection_score_nought_to_ten')),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicant.id'], name=op.f('fk_selection_score_applicant_id_applicant')),
    sa.ForeignKeyConstraint(['criterion_id'], ['selection_criterion.id'], name=op.f('fk_selection_score_criterion_id_selection_criterion')),
    sa.ForeignKeyConstraint(['selection_id'], ['selection.id'], name=op.f('fk_selection_score_selection_id_selection')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_selection_score_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_selection_score')),
    sa.UniqueConstraint('applicant_id', 'criterion_id', 'user_id', name=op.f('uq_selection_score_applicant_id_criterion_id_user_id'))
    )
    with op.batch_alter_table('selection_score', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_selection_score_selection_id'), ['selection_id'], unique=False)

    op.create_table('task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('deal_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('office', sa.Text(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('locality_id', sa.Integer(), nullable=True),
    sa.Column('days', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('blocked_by_id', sa.Integer(), nullable=True),
    sa.Column('is_permit', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Enum('todo', 'doing', 'done', 'not_needed', name='task_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('paper_id', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_late_for', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state IN ('done', 'not_needed')) = (ended_at IS NOT NULL)", name=op.f('ck_task_ended_when_ended')),
    sa.CheckConstraint('(organisation_id IS NULL) <> (locality_id IS NULL)', name=op.f('ck_task_one_is_responsible')),
    sa.CheckConstraint('blocked_by_id <> id', name=op.f('ck_task_waits_for_another')),
    sa.CheckConstraint('days IS NULL OR days > 0', name=op.f('ck_task_some_days')),
    sa.ForeignKeyConstraint(['blocked_by_id'], ['task.id'], name=op.f('fk_task_blocked_by_id_task')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_task_created_by_id_user_account')),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('fk_task_deal_id_deal')),
    sa.ForeignKeyConstraint(['locality_id'], ['locality.id'], name=op.f('fk_task_locality_id_locality')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_task_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['paper_id'], ['stored_file.id'], name=op.f('fk_task_paper_id_stored_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task')),
    sa.UniqueConstraint('deal_id', 'number', name=op.f('uq_task_deal_id_number')),
    sa.UniqueConstraint('public_id', name=op.f('uq_task_public_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_blocked_by_id'), ['blocked_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_locality_id'), ['locality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_state'), ['state'], unique=False)

    op.create_table('task_checklist',
    sa.Column('deal_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('fk_task_checklist_deal_id_deal')),
    sa.PrimaryKeyConstraint('deal_id', name=op.f('pk_task_checklist'))
    )


def downgrade() -> None:
    op.drop_table('task_checklist')
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_state'))
        batch_op.drop_index(batch_op.f('ix_task_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_task_locality_id'))
        batch_op.drop_index(batch_op.f('ix_task_blocked_by_id'))

    op.drop_table('task')
    with op.batch_alter_table('selection_score', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_selection_score_selection_id'))

    op.drop_table('selection_score')
    op.drop_table('selection_criterion')
    op.drop_table('interest_declaration')
    with op.batch_alter_table('applicant', schema=None) as batch_op:
        batch_op.drop_index('uq_applicant_chosen', sqlite_where=sa.text('is_chosen'), postgresql_where=sa.text('is_chosen'))
        batch_op.drop_index(batch_op.f('ix_applicant_interest_id'))

    op.drop_table('applicant')
    with op.batch_alter_table('selection', schema=None) as batch_op:
        batch_op.drop_index('uq_selection_live', sqlite_where=sa.text("state IN ('open', 'scoring')"), postgresql_where=sa.text("state IN ('open', 'scoring')"))
        batch_op.drop_index(batch_op.f('ix_selection_state'))
        batch_op.drop_index(batch_op.f('ix_selection_pair_id'))
        batch_op.drop_index(batch_op.f('ix_selection_listing_id'))

    op.drop_table('selection')
