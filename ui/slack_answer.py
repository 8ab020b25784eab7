"""One question answered in its thread: who sees it, what the server says, how it is written."""

from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

from app.client import Unanswered
from app.events import VERIFIED, AnswerEvent, Done, Failed, Found, Refused, Token, Waits
from app.slack_client import Asking, Reader, SlackClient, SlackQuestion, State
from ui import slack_buttons, slack_words
from ui.slack_calls import Calls, SlackRefused, SlackUnsure
from ui.slack_mrkdwn import Block, context_block, fallback, source_blocks
from ui.slack_readers import Readers, Seen
from ui.slack_stream import Streamed

STRONG = 0.5  # relevance of the best source, for an answer that nobody asked us for
_TITLE = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a question ended."""

    state: State
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """Where else one can go from an answer: the web page's address and the channel of HR; empty where there is none."""

    page: str = ""
    hr_channel: str = ""


@dataclass(slots=True)
class Answer:
    """One question on its way to its answer."""

    server: SlackClient
    calls: Calls
    readers: Readers
    links: Links
    question: SlackQuestion
    stream: Streamed
    text: str
    found: Found | None = field(default=None, init=False)
    before: int = field(default=0, init=False)

    async def write(self) -> Outcome:
        """Answer it.

        Raises:
            Gone, StoppedByUser, Unanswered, SlackRefused, SlackUnsure: it could not be finished.
        """
        question, text = self.question, self.text
        if not text:
            await self.stream.replace(slack_words.EMPTY)
            return Outcome("refused")
        if question.via != "channel":
            await self._say_that_we_search()
        asker = await self.readers.reader(question.asker)
        seen = await self.readers.of(question.channel)
        asking = Asking(
            question.team,
            question.channel,
            question.thread,
            asker,
            seen.readers,
            seen.kind,
            ephemeral=False,
            question=text,
        )
        try:
            async with aclosing(self.server.ask(asking)) as events:  # type: ignore[type-var]
                drawn = self._unasked(events) if question.via == "channel" else self._drawn(events)
                outcome = await drawn
        except Unanswered as exc:
            if not 400 <= exc.status < 500:
                raise
            if question.via == "channel":
                return Outcome("dropped")  # nobody asked us, so that nobody waits for a reason
            await self.stream.replace(str(exc))
            return Outcome("failed")
        await self._offer_privately(asker, seen)
        return outcome

    async def _drawn(self, events: AsyncIterator[AnswerEvent]) -> Outcome:
        async for event in events:
            if isinstance(event, Token):
                await self.stream.add(event.text)
            elif isinstance(event, Found):
                self.found = event
            elif isinstance(event, Waits):
                await self._say_who_is_before(event.before)
            else:
                return await self._end(event)
        raise Unanswered(slack_words.BROKE_OFF)

    async def _unasked(self, events: AsyncIterator[AnswerEvent]) -> Outcome:
        """Nobody named us: only a good answer is shown, as a whole."""
        async for event in events:
            if isinstance(event, Found):
                self.found = event
            elif isinstance(event, Done) and event.citations and self._is_strong:
                await self.stream.add(event.answer)
                return await self._end(event)
            elif not isinstance(event, Token | Waits):
                return Outcome("dropped")
        return Outcome("dropped")

    @property
    def _is_strong(self) -> bool:
        return self.found is not None and max((one.relevance for one in self.found.sources), default=0.0) >= STRONG

    async def _end(self, event: Done | Refused | Failed) -> Outcome:
        if isinstance(event, Failed):
            await self.stream.add(f"\n\n{event.message} (error {event.error})")
            await self.stream.finish()
            return Outcome("failed")
        if isinstance(event, Refused):
            await self.stream.replace(event.answer, self._below(event))
            return Outcome("refused", event.answer_id)
        await self.stream.finish(self._below(event))
        return Outcome("answered", event.answer_id)

    def _below(self, event: Done | Refused) -> list[Block]:
        question = self.question
        return below(event, slack_buttons.Kept(question.channel, question.thread, self.text), self.links)

    async def _offer_privately(self, asker: Reader, seen: Seen) -> None:
        """Say to the asker alone that there is more for that person alone."""
        if self.found is None or not self.found.better_in_private or seen.kind == "direct" or not asker.email:
            return
        if self.question.via == "channel":
            return
        question = self.question
        try:
            await self.calls(
                "chat.postEphemeral",
                channel=question.channel,
                user=question.asker,
                thread_ts=question.thread,
                text=slack_words.BETTER_IN_PRIVATE,
                blocks=slack_buttons.private_offer(slack_buttons.Kept(question.channel, question.thread, self.text)),
            )
        except (SlackRefused, SlackUnsure):
            return  # an offer that is lost is no harm; one that comes twice would be

    async def _say_who_is_before(self, before: int) -> None:
        if before == self.before:
            return
        self.before = before
        place = {"channel_id": self.question.channel, "thread_ts": self.question.thread}
        with suppress(SlackRefused, SlackUnsure):  # only a nicety
            await self.calls("assistant.threads.setStatus", **place, status=slack_words.WAITING.format(before=before))

    async def _say_that_we_search(self) -> None:
        question = self.question
        place = {"channel_id": question.channel, "thread_ts": question.thread}
        try:
            await self.calls("assistant.threads.setStatus", **place, status=slack_words.SEARCHING)
            if question.via == "direct" and question.ts == question.thread:
                await self.calls("assistant.threads.setTitle", **place, title=fallback(self.text)[:_TITLE])
        except (SlackRefused, SlackUnsure):
            return  # only a nicety


def _caution(event: Done) -> str:
    if event.model == VERIFIED:
        return slack_words.VERIFIED
    if event.instead_of:
        return slack_words.FELL_BACK
    return slack_words.CHECK if event.citations else slack_words.NO_SOURCE


def below(event: Done | Refused, kept: slack_buttons.Kept, links: Links) -> list[Block]:
    """What stands under an answer: its sources, a word of caution, and what one can do next."""
    blocks: list[Block] = []
    if isinstance(event, Done):
        blocks += source_blocks(event.citations)
        blocks.append(context_block(_caution(event)))
        if event.answer_id:
            blocks.append(slack_buttons.feedback(event.answer_id))
    page = f"{links.page}/?conversation={event.conversation}" if links.page and event.conversation else ""
    return blocks + slack_buttons.next_steps(kept, page, asks_hr=bool(links.hr_channel))
