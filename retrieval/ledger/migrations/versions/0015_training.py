"""What a model may learn from: sources, where a message was said, approved answers; and what older turns came to."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns, copy where conversations go on into their messages, create the tables."""
    op.add_column("sources", sa.Column("training", sa.Boolean, nullable=True))
    op.add_column("messages", sa.Column("place", sa.String, nullable=False, server_default=sa.text("''")))
    op.execute(
        "UPDATE messages SET place = (SELECT place FROM conversations WHERE conversations.id = messages.conversation)"
    )
    op.create_table(
        "training_turns",
        sa.Column("answer", sa.String, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "summaries",
        sa.Column("conversation", sa.String, sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("until", sa.Integer, nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("chunks", sa.JSON, nullable=False),
        sa.Column("audiences", sa.JSON, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
