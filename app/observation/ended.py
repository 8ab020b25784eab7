"""How a question ended, without a word of it; and passing that on to whoever watches."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """One accepted question. `outcome` is answered, quoted, verified, refused, clarified, failed or stopped.

    `timings_ms` has milliseconds from the beginning to the end of each stage: search, first_token, total.
    `conversation` is where it is kept, `error` the id under which the log has the failure; either may be empty.
    """

    outcome: str
    model: str
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    prompt_tokens: int = 0
    conversation: str = ""
    error: str = ""


Watch = Callable[[Ended], None]


def tell(watches: Iterable[Watch], ended: Ended) -> None:
    """Tell everybody who watches; a watch that breaks never costs an answer."""
    for watch in watches:
        try:
            watch(ended)
        except Exception:  # noqa: BLE001 - whoever watches is not part of the answer
            _log.exception("A watch of ended questions failed")
