"""A divergence is read by totals too: which figures say how many each register counts.

Revision: 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("ours", "theirs"):
        op.add_column("indicator_source", sa.Column(name, sa.String(40), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("theirs", "ours"):
        op.drop_column("indicator_source", name)
