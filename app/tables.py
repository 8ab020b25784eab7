"""The tables of people, conversations and Slack, in the ledger's database. Made by its migrations; a test compares."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()
_Sequence = BigInteger().with_variant(Integer, "sqlite")

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
    # Where it goes on, such as slack:TEAM/CHANNEL/THREAD, for whoever is there; empty: with its owner only.
    Column("place", String, nullable=False, server_default=text("''"), index=True),
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
    # Milliseconds from the question to the end of each stage of its answer.
    Column("timings", JSON, nullable=False, server_default=text("'{}'")),
    Column("created_at", DateTime(timezone=True), nullable=False),
    # By which model an answer was made, from how many passages, and what had to be left out.
    Column("made", JSON, nullable=False, server_default="{}"),
    # Which answerer made it, a version NAME/NUMBER or another; empty where the words are our own or the asker's.
    Column("model", String, nullable=False, server_default=text("''")),
    # Where it was said, which a copy of the conversation keeps; empty: with the owner only.
    Column("place", String, nullable=False, server_default=text("''")),
)

# Questions that people passed on to HR; the address is kept where they ticked that it may be.
hr_questions = Table(
    "hr_questions",
    metadata,
    Column("id", String, primary_key=True),
    Column("question", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("email", String, nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("done_at", DateTime(timezone=True), nullable=True),
)

# What the turns of a conversation until a message came to, as a model said it. It enters a prompt only where all its
# audiences are in scope, and goes with the first of its chunks.
summaries = Table(
    "summaries",
    metadata,
    Column("conversation", String, ForeignKey("conversations.id"), primary_key=True),
    Column("until", Integer, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("chunks", JSON, nullable=False),
    Column("audiences", JSON, nullable=False),
    Column("model", String, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

# Answers that a person wrote; approved ones are documents of the source `verified-answers`.
verified_answers = Table(
    "verified_answers",
    metadata,
    Column("id", String, primary_key=True),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("audience", String, nullable=False),
    # Uris that it rests on, and the digests that they had when it was approved.
    Column("sources", JSON, nullable=False),
    Column("digests", JSON, nullable=False),
    Column("expires", Date, nullable=True),
    Column("state", String, nullable=False),
    Column("approved_at", DateTime(timezone=True), nullable=True),
)

# What people think of answers: `answer` is CONVERSATION:NUMBER of the message.
feedback = Table(
    "feedback",
    metadata,
    Column("answer", String, primary_key=True),
    Column("who", String, primary_key=True),
    Column("verdict", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

# Answers that an admin lets a model learn from: CONVERSATION:NUMBER, as in feedback.
training_turns = Table(
    "training_turns",
    metadata,
    Column("answer", String, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
)

# Events as Slack sent them, stored before they are acknowledged; `id` is Slack's own.
slack_events = Table(
    "slack_events",
    metadata,
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("team", String, nullable=False),
    Column("type", String, nullable=False),
    Column("body", JSON, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    sqlite_autoincrement=True,
)

# How far each consumer of the events is.
slack_cursors = Table(
    "slack_cursors",
    metadata,
    Column("consumer", String, primary_key=True),
    Column("seq", _Sequence, nullable=False),
)

# What asks us: messages, and commands and clicks by the id of their trigger. The text is kept until there is an answer;
# the conversation keeps it then.
slack_questions = Table(
    "slack_questions",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("ts", String, primary_key=True),
    Column("thread", String, nullable=False),
    Column("asker", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("via", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    # The process that answers it, and when it last said that it lives.
    Column("worker", String, nullable=False),
    Column("beat_at", DateTime(timezone=True), nullable=True),
    Column("answer_ts", String, nullable=False),
    Column("streaming", Boolean, nullable=False),
    Column("conversation", String, nullable=False),
    Column("answer", String, nullable=False),
    Column("accepted_at", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False),
    # Where one person alone sees the answer: the address that Slack gave for it, and the thread it is shown in.
    Column("reply_url", Text, nullable=False, server_default=text("''")),
    Column("reply_thread", Text, nullable=False, server_default=text("''")),
)

# Who is in a channel where a conversation goes on: an open one's conversations stay with whoever began them.
slack_rooms = Table(
    "slack_rooms",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("is_open", Boolean, nullable=False),
    Column("members", JSON, nullable=False),
)

# Persons whose messages are not read in.
slack_optouts = Table(
    "slack_optouts",
    metadata,
    Column("team", String, primary_key=True),
    Column("user", String, primary_key=True),
)

# Channels where the bot answers without being mentioned.
slack_channels_open = Table(
    "slack_channels_open",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
)

# How people prove who they are; `people` says what they may read. `subject` is ISSUER|SUB of their OpenID Connect.
accounts = Table(
    "accounts",
    metadata,
    Column("email", String, primary_key=True),
    Column("password", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("suspended_at", DateTime(timezone=True), nullable=True),
)

# Of tokens only digests are kept.
sessions = Table(
    "sessions",
    metadata,
    Column("digest", String, primary_key=True),
    Column("email", String, nullable=False, index=True),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
)

# For one use; without an e-mail address: for whoever becomes the first admin.
links = Table(
    "links",
    metadata,
    Column("digest", String, primary_key=True),
    Column("email", String, nullable=False, index=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("digest", String, nullable=False, unique=True),
    Column("email", String, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("scope", String, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True), nullable=True),
)

# What admins did, and to whom; never what was asked or answered.
audit = Table(
    "audit",
    metadata,
    Column("number", _Sequence, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("who", String, nullable=False),
    Column("what", String, nullable=False),
    Column("on", String, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    sqlite_autoincrement=True,
)

# Answers that somebody complained about and an admin has dealt with: CONVERSATION:NUMBER, as in feedback.
reviews = Table(
    "reviews",
    metadata,
    Column("answer", String, primary_key=True),
    Column("who", String, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
