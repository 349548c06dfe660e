"""Delegation for an absence, and for whom a comment was written.

Revision: 0016, after 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_PEOPLE = ("person_id", "deputy_id", "made_by", "ended_by")


def upgrade() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_delegation"),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=f"fk_delegation_{name}_person")
            for name in _PEOPLE
        ),
    )
    op.create_index("ix_delegation_person_id", "delegation", ["person_id"])
    op.create_index("ix_delegation_deputy_id", "delegation", ["deputy_id"])
    op.add_column("login_session", sa.Column("delegation_id", sa.Integer(), nullable=True))
    # What was written before was written for nobody else; the default stays out of the model.
    op.add_column("comment", sa.Column("for_name", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    # Not in a batch: SQLite would make the tables anew.
    op.drop_column("comment", "for_name")
    op.drop_column("login_session", "delegation_id")
    op.drop_table("delegation")
