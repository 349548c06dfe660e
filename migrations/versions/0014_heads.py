"""Note who heads an organisation.

Revision: 0014, after 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of nobody is it known; the default stays out of the model.
    op.add_column("person", sa.Column("heads", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    # Not in a batch: SQLite would make the table anew, and others refer to its rows.
    op.drop_column("person", "heads")
