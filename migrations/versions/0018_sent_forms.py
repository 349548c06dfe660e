"""Forms that were taken, so that the same one sent again does nothing more.

Revision: 0018, after 0017.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sent_form",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="pk_sent_form"),
    )
    op.create_index("ix_sent_form_taken_at", "sent_form", ["taken_at"])


def downgrade() -> None:
    op.drop_table("sent_form")
