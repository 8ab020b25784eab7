"""The ledger's tables. The database is made by the migrations; a test compares the two."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()
_Sequence = BigInteger().with_variant(Integer, "sqlite")

# Facts about the whole home, such as the embedder that made the vectors.
facts = Table("facts", metadata, Column("name", String, primary_key=True), Column("value", Text, nullable=False))

sources = Table(
    "sources",
    metadata,
    Column("name", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("location", Text, nullable=False, unique=True),
    # How it is ingested again: where it lies, and the options of the last time.
    Column("path", Text, nullable=False, server_default=text("''")),
    Column("options", JSON, nullable=False, server_default="{}"),
    # Minutes between runs that the server starts by itself; 0: none.
    Column("every_minutes", Integer, nullable=False, server_default="0"),
    # Whether a model may learn from it, as an admin said; empty: nobody said, and Slack's may not.
    Column("training", Boolean, nullable=True),
)

documents = Table(
    "documents",
    metadata,
    Column("uri", String, primary_key=True),
    Column("source", String, ForeignKey("sources.name"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("audience", String, nullable=False, index=True),
    Column("contact", Text, nullable=False),
    # What the source says of the item without reading it; unchanged means not read again.
    Column("stamp", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # What the document says about itself.
    Column("countries", JSON, nullable=False, server_default="[]"),
    Column("effective_from", Date, nullable=True),
    Column("effective_until", Date, nullable=True),
    Column("supersedes", JSON, nullable=False, server_default="[]"),
    Column("stated_audience", Text, nullable=True),
    # What somebody should look at: {kind, count, excerpt}.
    Column("concerns", JSON, nullable=False, server_default="[]"),
)

# A document that is made of others, such as an answer that a person wrote; `source` is the uri of one of these.
rests_on = Table(
    "rests_on",
    metadata,
    Column("uri", String, primary_key=True),
    Column("source", String, primary_key=True),
)

chunks = Table(
    "chunks",
    metadata,
    Column("id", String, primary_key=True),
    Column("uri", String, ForeignKey("documents.uri"), nullable=False),
    # Position in the document's current version. Empty: an older version's, kept for quotes in conversations.
    Column("ordinal", Integer, nullable=True),
    Column("title", Text, nullable=False),
    Column("heading_path", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("anchors", JSON, nullable=False),
    Column("embedding", String, nullable=False, index=True),
    Index("chunks_by_place", "uri", "ordinal"),
)

embeddings = Table(
    "embeddings",
    metadata,
    Column("digest", String, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    # The text's words with their vectors, as retrieval/words.py packs them.
    Column("words", LargeBinary, nullable=True),
)

# What the indexes have to follow, in order. `op` is for people; a reader looks at the chunk's present state.
index_changes = Table(
    "index_changes",
    metadata,
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("chunk_id", String, nullable=False),
    Column("op", String, nullable=False),
    sqlite_autoincrement=True,
)

audience_members = Table(
    "audience_members",
    metadata,
    Column("audience", String, primary_key=True),
    Column("member", String, primary_key=True, index=True),
)

runs = Table(
    "runs",
    metadata,
    Column("id", _Sequence, primary_key=True, autoincrement=True),
    Column("source", String, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    # Written last: a run without it was interrupted.
    Column("ended_at", DateTime(timezone=True), nullable=True),
    Column("counts", JSON, nullable=False),
    Column("state", String, nullable=False, server_default="done"),
    # What somebody wants of it while it goes on: to pause or to be cancelled.
    Column("wish", String, nullable=False, server_default=text("''")),
    # Documents that it has to look at.
    Column("total", Integer, nullable=False, server_default="0"),
    # When it last said how far it is.
    Column("seen_at", DateTime(timezone=True), nullable=True),
    # What the source said of itself as a whole.
    Column("remarks", JSON, nullable=False, server_default="[]"),
    sqlite_autoincrement=True,
)

failures = Table(
    "failures",
    metadata,
    Column("uri", String, primary_key=True),
    Column("source", String, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("run", _Sequence, nullable=False),
    # The item's stamp when its content could not be read: while it is the same, reading it again is no use.
    Column("stamp", Text, nullable=False, server_default=text("''")),
)

# How far the copy of a live Slack workspace is, by channel.
slack_channels = Table(
    "slack_channels",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("audience", String, nullable=False),
    # Ids of the users who may read a closed channel; empty for an open one.
    Column("members", JSON, nullable=False),
    # The newest message that was read. Until everything was: the oldest one that was read on the way back.
    Column("newest", String, nullable=False),
    Column("oldest", String, nullable=False),
    Column("is_whole", Boolean, nullable=False),
    # When all of it was last compared with Slack, and since when the app is no member any more.
    Column("compared_at", DateTime(timezone=True), nullable=True),
    Column("left_at", DateTime(timezone=True), nullable=True),
)

slack_threads = Table(
    "slack_threads",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("root", String, primary_key=True),
    # The newest reply and the number of replies when it was read; without replies: its only message.
    Column("latest", String, nullable=False),
    Column("replies", Integer, nullable=False),
    # Who wrote in it, and the stamp of its document.
    Column("users", JSON, nullable=False),
    Column("stamp", String, nullable=False),
)

# Messages that Slack said are deleted: an answer of Slack's that still has one is older than that.
slack_deleted = Table(
    "slack_deleted",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("ts", String, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
)
