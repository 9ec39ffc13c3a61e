"""Spreadsheets: uploaded files on their way, and what an office's own headings mean."""

import sqlalchemy as sa
from alembic import op


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('column_mapping',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('heading_key', sa.Text(), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_column_mapping_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_column_mapping')),
    sa.UniqueConstraint('organisation_id', 'kind', 'heading_key', name=op.f('uq_column_mapping_organisation_id_kind_heading_key'))
    )
    with op.batch_alter_table('column_mapping', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_column_mapping_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('pair_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('acting_how', sa.Enum('call', 'slip', 'visit', name='acting_how', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('acting_said_on', sa.Date(), nullable=True),
    sa.Column('acting_note', sa.Text(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('mapping', 'checking', 'faulty', 'ready', 'saved', 'dropped', name='import_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('rows_total', sa.Integer(), nullable=False),
    sa.Column('rows_done', sa.Integer(), nullable=False),
    sa.Column('begun', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('faults', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('rows_done <= rows_total', name=op.f('ck_import_done_of_total')),
    sa.ForeignKeyConstraint(['evidence_id'], ['stored_file.id'], name=op.f('fk_import_evidence_id_stored_file')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_import_file_id_stored_file')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_import_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['pair_id'], ['pair.id'], name=op.f('fk_import_pair_id_pair')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_import_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import')),
    sa.UniqueConstraint('public_id', name=op.f('uq_import_public_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_import_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_import_user_id'), ['user_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('import', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_user_id'))
        batch_op.drop_index(batch_op.f('ix_import_state'))
        batch_op.drop_index(batch_op.f('ix_import_organisation_id'))

    op.drop_table('import')
    with op.batch_alter_table('column_mapping', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_column_mapping_organisation_id'))

    op.drop_table('column_mapping')
