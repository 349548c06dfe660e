"""Keep what is expected of a figure, what was odd about a number, and why it was right all the same.

Revision: 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What the seed says of the fields comes with its next loading; until then the usual bound holds.
    op.add_column("figure_field", sa.Column("jump", sa.Integer(), nullable=False, server_default="50"))
    op.add_column("figure_field", sa.Column("steady", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("measurement", sa.Column("doubts", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("measurement", sa.Column("explanation", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for table, names in (("measurement", ("explanation", "doubts")), ("figure_field", ("steady", "jump"))):
        for name in names:
            op.drop_column(table, name)
