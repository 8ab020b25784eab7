"""Which documents are made of others, so that who may not read those reads none of it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_sources = sa.table("sources", sa.column("name", sa.String), sa.column("location", sa.String))
_answers = sa.table(
    "verified_answers", sa.column("id", sa.String), sa.column("sources", sa.JSON), sa.column("state", sa.String)
)


def upgrade() -> None:
    """Create the table and fill it with the answers that are documents."""
    made = op.create_table(
        "rests_on",
        sa.Column("uri", sa.String, primary_key=True),
        sa.Column("source", sa.String, primary_key=True),
    )
    connection = op.get_bind()
    name = connection.execute(sa.select(_sources.c.name).where(_sources.c.location == "verified-answers")).scalar()
    approved = connection.execute(sa.select(_answers.c.id, _answers.c.sources).where(_answers.c.state == "approved"))
    rows = [{"uri": f"{name}/{one.id}", "source": uri} for one in approved for uri in set(one.sources)]
    if name and rows:
        op.bulk_insert(made, rows)
