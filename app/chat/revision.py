"""Taking a turn out of a conversation."""

from app.access import Caller
from app.conversations import Conversations
from retrieval.errors import Missing


def delete_turn(conversations: Conversations, caller: Caller, conversation: str, number: int) -> None:
    """Delete the question of this number and what was answered to it.

    Raises:
        Missing: there is no question of this number.
    """
    said = conversations.transcript(caller, conversation)
    if not any(one.number == number and one.role == "user" for one in said):
        raise Missing("There is no such question")
    later = [one.number for one in said if one.number > number and one.role == "user"]
    end = later[0] if later else said[-1].number + 1
    conversations.drop(caller, conversation, range(number, end))
