"""Let a report be larger than two gigabytes: a pack of a plan's evidence can be.

Revision: 0015, after 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.alter_column("size", type_=sa.BigInteger(), existing_type=sa.Integer(), existing_nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.alter_column("size", type_=sa.Integer(), existing_type=sa.BigInteger(), existing_nullable=False)
