"""One question whose answer one person sees, from its claim to its outcome: `/ask`, the shortcut, "Show me privately".

Nobody can look up whether such an answer arrived. So it is noted first that it will be said; whoever finds that note
after a crash says that it may have been said, and never the answer twice.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field

from app.client import Unanswered
from app.slack_client import SlackClient, SlackQuestion
from ui import slack_words
from ui.slack_answer import Outcome
from ui.slack_calls import Calls, SlackRefused, SlackUnsure
from ui.slack_private import Private
from ui.slack_whisper import Whisper

_log = logging.getLogger(__name__)
BEGUN = "begun"  # stands for the ts of our message, which has none that counts
GIVE_BACK = 5.0  # seconds at most, when we are told to end
_BEAT = 10.0  # seconds


class _Taken(Exception):
    """Another worker has the question."""


@dataclass(slots=True)
class Whispering:
    """Serves such questions for one worker."""

    server: SlackClient
    calls: Calls
    private: Private
    worker: str
    _at_work: set[tuple[str, str]] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many are being answered."""
        return len(self._at_work)

    def has(self, question: SlackQuestion) -> bool:
        """Whether this one is being answered here."""
        return (question.channel, question.ts) in self._at_work

    async def serve(self, question: SlackQuestion) -> None:
        """See one through to its end."""
        self._at_work.add((question.channel, question.ts))
        work = asyncio.create_task(self._answered(question))
        beats = asyncio.create_task(self._beating(question, work))
        try:
            await asyncio.wait({work})
            await self._end(question, work)
        except asyncio.CancelledError:
            work.cancel()
            with suppress(Unanswered, TimeoutError):  # whoever comes next need not wait until we are missed
                async with asyncio.timeout(GIVE_BACK):
                    await self.server.finish(question, self.worker, "accepted")
            raise
        finally:
            beats.cancel()
            self._at_work.discard((question.channel, question.ts))

    async def _answered(self, question: SlackQuestion) -> Outcome:
        say = Whisper(self.calls, question)
        if question.answer_ts == BEGUN:
            await say(text=slack_words.MAY_HAVE_BEEN_SAID)
            return Outcome("failed")
        if question.state == "failed":
            await say(text=slack_words.APOLOGY)
            return Outcome("failed")
        answer = await self.private.made(question)
        now = await self.server.beat(question, self.worker, answer_ts=BEGUN)
        if not now.held_by(self.worker):
            raise _Taken
        for shown in answer.messages:
            await say(**shown)
        return answer.outcome

    async def _end(self, question: SlackQuestion, work: "asyncio.Task[Outcome]") -> None:
        """Note the outcome; where there is none yet, the question is given to a worker again."""
        error = None if work.cancelled() else work.exception()
        try:
            if isinstance(error, SlackUnsure):
                _log.warning("Whether a private answer arrived is not known: %s", error)
                outcome = await self._unsure(question)
            elif isinstance(error, SlackRefused):
                _log.error("A private answer could not be shown: %s", error)
                outcome = Outcome("failed")
            elif error is not None or work.cancelled():
                if error is not None and not isinstance(error, _Taken):
                    _log.error("A private question failed", exc_info=error)
                return
            else:
                outcome = work.result()
            await self.server.finish(question, self.worker, outcome.state, outcome.answer)
        except Exception:  # noqa: BLE001 - one question must never hold up the others
            _log.exception("A private question has no outcome yet")

    async def _unsure(self, question: SlackQuestion) -> Outcome:
        with suppress(SlackRefused, SlackUnsure):
            await Whisper(self.calls, question)(text=slack_words.MAY_HAVE_BEEN_SAID)
        return Outcome("failed")

    async def _beating(self, question: SlackQuestion, work: "asyncio.Task[Outcome]") -> None:
        while True:
            await self.calls.clock.sleep(_BEAT)
            with suppress(Unanswered):
                now = await self.server.beat(question, self.worker)
                if question.state != "failed" and not now.held_by(self.worker):
                    work.cancel()
