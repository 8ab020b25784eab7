"""Slack: the inbox of events, questions, choices of persons and channels; feedback; conversations at a place."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; earlier conversations go on with their owners only."""
    place = sa.Column("place", sa.String, nullable=False, server_default=sa.text("''"))
    op.add_column("conversations", place)
    op.create_index("ix_conversations_place", "conversations", ["place"])
    op.create_table(
        "feedback",
        sa.Column("answer", sa.String, primary_key=True),
        sa.Column("who", sa.String, primary_key=True),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    _inbox()
    _questions()
    for table, column in (("slack_optouts", "user"), ("slack_channels_open", "channel")):
        op.create_table(
            table, sa.Column("team", sa.String, primary_key=True), sa.Column(column, sa.String, primary_key=True)
        )


def _inbox() -> None:
    op.create_table(
        "slack_events",
        sa.Column("seq", _sequence(), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "slack_cursors",
        sa.Column("consumer", sa.String, primary_key=True),
        sa.Column("seq", _sequence(), nullable=False),
    )


def _questions() -> None:
    op.create_table(
        "slack_questions",
        sa.Column("team", sa.String, primary_key=True),
        sa.Column("channel", sa.String, primary_key=True),
        sa.Column("ts", sa.String, primary_key=True),
        sa.Column("thread", sa.String, nullable=False),
        sa.Column("asker", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("via", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False, index=True),
        sa.Column("worker", sa.String, nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_ts", sa.String, nullable=False),
        sa.Column("streaming", sa.Boolean, nullable=False),
        sa.Column("conversation", sa.String, nullable=False),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
    )


def _sequence() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer, "sqlite")
