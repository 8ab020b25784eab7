"""What is said about a person's own data. Pure."""

from app.client import Noted
from ui.web_markdown import escaped

DELETED = (
    "Deleting takes away all of your conversations, here and in Slack, what you said of answers, and questions that "
    "you passed on to HR with your address. Documents stay, and so does the list of what admins did."
)
_SEEN = "Only you see them, but for those in a channel; an admin reads one only for a reason, which is listed here."
NOT_SURE = "Nothing was deleted: tick first that you want it."
NOBODY_LOOKED = "No admin read a conversation of yours or changed your login."


def kept(days: int) -> str:
    """What is kept about a person, and for how long; 0 days: no end."""
    end = "until you delete it"
    if days:
        end = f"for {_count(days, 'day')} after the last thing said in it, or until you delete it"
    return f"Kept about you: your conversations and what you said of answers, {end}. {_SEEN}"


def gone(conversations: int) -> str:
    """What came of a deletion."""
    return f"Your data is deleted, {_count(conversations, 'conversation')} among it."


def seen_line(one: Noted) -> str:
    """What an admin did, when and why."""
    why = f": {one.reason}" if one.reason else ""
    return escaped(f"{one.at[:10]} {one.who} {one.what}{why}")


def _count(many: int, noun: str) -> str:
    return f"{many} {noun}{'s' if many != 1 else ''}"
