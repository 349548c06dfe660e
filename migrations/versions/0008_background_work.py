"""Let reports be made, and jobs be run, beside requests.

Revision: 0008, after 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # What is there already was made, and ran; the defaults stay out of the models.
    for column in (
        sa.Column("parameters", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("nonce", sa.String(length=22), nullable=False, server_default=""),
        sa.Column("state", sa.String(length=10), nullable=False, server_default="ready"),
        sa.Column("steps_done", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("steps", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("alive_until", _INSTANT, nullable=True),
        sa.Column("error", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("report", column)
    for column in (
        sa.Column("run", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("failed_runs", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("begun_at", _INSTANT, nullable=True),
        sa.Column("alive_until", _INSTANT, nullable=True),
    ):
        op.add_column("job_run", column)


def downgrade() -> None:
    # Not in a batch: SQLite would make the tables anew. What was never made has nothing to be kept for.
    op.execute("DELETE FROM report WHERE state <> 'ready'")
    for name in ("alive_until", "begun_at", "failed_runs", "run"):
        op.drop_column("job_run", name)
    for name in ("error", "alive_until", "attempt", "steps", "steps_done", "state", "nonce", "parameters"):
        op.drop_column("report", name)
