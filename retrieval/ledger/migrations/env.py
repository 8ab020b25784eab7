"""Alembic's environment: the connection comes from `open_ledger`."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
