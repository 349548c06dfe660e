"""What a scanner for viruses says of each file.

Revision: 0021, after 0020.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is there was scanned by nobody; the defaults stay out of the model.
    op.add_column("evidence", sa.Column("scan", sa.String(8), nullable=False, server_default="none"))
    op.add_column("evidence", sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("evidence", sa.Column("signature", sa.String(200), nullable=False, server_default=""))
    op.create_index("ix_evidence_sha256", "evidence", ["sha256"])


def downgrade() -> None:
    # Not in a batch: SQLite would make the table anew.
    op.drop_index("ix_evidence_sha256", "evidence")
    op.drop_column("evidence", "signature")
    op.drop_column("evidence", "scanned_at")
    op.drop_column("evidence", "scan")
