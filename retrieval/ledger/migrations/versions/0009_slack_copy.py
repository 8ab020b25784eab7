"""How far the copy of a live Slack workspace is."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "slack_channels",
        sa.Column("team", sa.String, primary_key=True),
        sa.Column("channel", sa.String, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("members", sa.JSON, nullable=False),
        sa.Column("newest", sa.String, nullable=False),
        sa.Column("oldest", sa.String, nullable=False),
        sa.Column("is_whole", sa.Boolean, nullable=False),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_table(
        "slack_threads",
        sa.Column("team", sa.String, primary_key=True),
        sa.Column("channel", sa.String, primary_key=True),
        sa.Column("root", sa.String, primary_key=True),
        sa.Column("latest", sa.String, nullable=False),
        sa.Column("replies", sa.Integer, nullable=False),
        sa.Column("users", sa.JSON, nullable=False),
        sa.Column("stamp", sa.String, nullable=False),
    )
    op.create_table(
        "slack_deleted",
        sa.Column("team", sa.String, primary_key=True),
        sa.Column("channel", sa.String, primary_key=True),
        sa.Column("ts", sa.String, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
