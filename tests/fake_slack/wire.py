"""What travels between Slack and an app: JSON objects, and the errors that Slack answers with."""

from typing import Any

JSON = dict[str, Any]


def thread_of(message: JSON) -> str:
    """The root of the thread that a message is in; a message outside threads is its own root."""
    return str(message.get("thread_ts", message["ts"]))


class SlackError(Exception):
    """A method refuses: HTTP 200 with `"ok": false`, this code and perhaps more fields."""

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    @property
    def json(self) -> JSON:
        """The body of the answer."""
        return {"ok": False, "error": self.code, **self.fields}


def bad_arguments(*messages: str, code: str = "invalid_arguments") -> SlackError:
    """The refusal that lists what is wrong with the arguments."""
    return SlackError(code, response_metadata={"messages": [f"[ERROR] {message}" for message in messages]})
