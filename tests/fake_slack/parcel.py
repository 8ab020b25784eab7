"""Something on its way to the app, over one envelope or, where that is not acknowledged, over several."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fake_slack.wire import JSON

ACK_SECONDS = 3.0
RETRIES = (0.0, 60.0, 300.0)


@dataclass(frozen=True)
class Outcome:
    """What became of one sending."""

    acknowledged: bool
    response: JSON | None = None  # what the acknowledgement carried
    reason: str = ""  # why there was none, in Slack's words
    again: bool = True  # whether the app wants to see it again


@dataclass
class Parcel:
    """One event, action or command."""

    kind: str  # events_api, interactive, slash_commands
    payload: JSON
    sent_at: list[float] = field(default_factory=list)
    acknowledged_at: float | None = None
    outcome: Outcome = Outcome(acknowledged=False)
    given_up: bool = False
    on_response: list[Callable[[JSON], None]] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        """Whether it arrived."""
        return self.outcome.acknowledged

    @property
    def response(self) -> JSON | None:
        """What the acknowledgement carried."""
        return self.outcome.response

    @property
    def latency(self) -> float | None:
        """Seconds from the first sending to the acknowledgement."""
        return None if self.acknowledged_at is None else self.acknowledged_at - self.sent_at[0]

    @property
    def waits(self) -> tuple[float, ...]:
        """When it is sent, in seconds from the first time; only events come again."""
        return (0.0, *RETRIES) if self.kind == "events_api" else (0.0,)
