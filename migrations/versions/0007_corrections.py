"""Keep why a figure was corrected, and when the one before it ended.

Revision: 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: A number that counted ended when a newer one was confirmed; one that nobody had confirmed, when a newer
#: one was given.
_ENDED = """
UPDATE measurement SET ended_at = (
    SELECT min(CASE WHEN measurement.confirmed_at IS NULL THEN newer.created_at ELSE newer.confirmed_at END)
    FROM measurement AS newer
    WHERE newer.task_id = measurement.task_id AND newer.figure = measurement.figure
        AND newer.id > measurement.id
)
WHERE standing = 'replaced'
"""


def upgrade() -> None:
    op.add_column("measurement", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("measurement", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("measurement", sa.Column("decision", sa.Text(), nullable=False, server_default=""))
    op.execute(_ENDED)


def downgrade() -> None:
    # What was declined counts for nothing; what came before it still stands.
    op.execute("UPDATE measurement SET standing = 'replaced' WHERE standing = 'declined'")
    for name in ("decision", "reason", "ended_at"):
        op.drop_column("measurement", name)
