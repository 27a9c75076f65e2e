"""Calls that we make are told from those that come; all that were there before came."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("calls", sa.Column("direction", sa.Text, nullable=False, server_default="in"))
