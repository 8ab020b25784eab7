"""The tables of people and conversations, in the ledger's database. Made by its migrations; a test compares."""

from sqlalchemy import JSON, Column, DateTime, ForeignKey, Integer, MetaData, String, Table, Text

metadata = MetaData()

people = Table(
    "people",
    metadata,
    Column("email", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("country", String, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    # The owner's e-mail address; empty for somebody without identity, who owns it by knowing its id.
    Column("owner", String, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation", String, ForeignKey("conversations.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("role", String, nullable=False),
    Column("status", String, nullable=False),
    # Text and quotes in order; a quote is a span of a chunk, so that deleted text is in no conversation.
    Column("parts", JSON, nullable=False),
    Column("citations", JSON, nullable=False),
    # What the answer was built from: it enters a later prompt only where all of these are in scope.
    Column("audiences", JSON, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
