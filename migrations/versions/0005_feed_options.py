"""Keep what a calendar address was made with.

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nobody knows what the addresses there are were made with; the default stays out of the model.
    op.add_column("feed", sa.Column("options", sa.String(length=100), nullable=False, server_default=""))


def downgrade() -> None:
    # Not in a batch: SQLite would make the table anew.
    op.drop_column("feed", "options")
