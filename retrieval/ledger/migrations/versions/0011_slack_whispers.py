"""Questions in Slack whose answer one person sees; who is in a channel; what a run remarked; a copy's daily round."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_DAILY = 24 * 60


def upgrade() -> None:
    """Add the columns and the table; a workspace that is copied and never looked at again is compared once a day."""
    for name in ("reply_url", "reply_thread"):
        op.add_column("slack_questions", sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''")))
    op.create_table(
        "slack_rooms",
        sa.Column("team", sa.String, primary_key=True),
        sa.Column("channel", sa.String, primary_key=True),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("members", sa.JSON, nullable=False),
    )
    op.add_column("runs", sa.Column("remarks", sa.JSON, nullable=False, server_default="[]"))
    sources = sa.table("sources", sa.column("kind", sa.String), sa.column("every_minutes", sa.Integer))
    live = (sources.c.kind == "slack-workspace") & (sources.c.every_minutes == 0)
    op.execute(sources.update().where(live).values(every_minutes=_DAILY))
