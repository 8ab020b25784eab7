"""Answers that one person sees: to `/ask`, to the shortcut on a message, and to "Show me privately"; and sharing one.

Their conversation is their own: nothing of it ever enters what a channel is told.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from app.client import Unanswered
from app.events import AnswerEvent, Done, Failed, Refused
from app.slack_client import Asking, SlackClient, SlackQuestion
from ui import slack_words
from ui.slack_answer import Links, Outcome, below
from ui.slack_buttons import Kept, sharing
from ui.slack_calls import Calls, SlackRefused, SlackUnsure
from ui.slack_mrkdwn import (
    Block,
    context_block,
    fallback,
    fitting,
    markdown,
    markdown_block,
    mrkdwn,
    pages,
)
from ui.slack_readers import Readers
from ui.slack_thread import Gone, Place, Thread

Say = Callable[..., Awaitable[Any]]
_QUESTION_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Made:
    """An answer that is ready to be shown, and what it is."""

    outcome: Outcome
    messages: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Private:
    """Answers one person, or shares an answer at that person's wish."""

    server: SlackClient
    calls: Calls
    readers: Readers
    links: Links
    team: str

    async def made(self, question: SlackQuestion) -> Made:
        """The answer, from what this person may read, as the messages that show it.

        Raises:
            Unanswered, SlackRefused, SlackUnsure: there is none yet.
        """
        if not question.text.strip():
            return Made(Outcome("refused"), ({"text": slack_words.EMPTY},))
        kept = Kept(question.channel, question.reply_thread, question.text)
        try:
            ended = await self._asked(question.asker, kept, ephemeral=True)
        except Unanswered as exc:
            if not 400 <= exc.status < 500:
                raise
            return Made(Outcome("failed"), ({"text": mrkdwn(str(exc))},))
        if isinstance(ended, str):
            return Made(Outcome("failed"), ({"text": mrkdwn(ended)},))
        return Made(
            Outcome("answered" if isinstance(ended, Done) else "refused", ended.answer_id), self._shown(ended, kept)
        )

    def _shown(self, ended: Done | Refused, kept: Kept) -> tuple[Mapping[str, Any], ...]:
        blocks = below(ended, kept, self.links)
        if isinstance(ended, Done):
            blocks.append(sharing(kept))
        asked = context_block(f"{slack_words.ONLY_YOU} {mrkdwn(kept.question[:_QUESTION_SHOWN])}")
        *firsts, last = pages(markdown(ended.answer)) or [""]
        messages = [{"text": fallback(first), "blocks": [markdown_block(first)]} for first in firsts]
        end = {"text": fallback(ended.answer), "blocks": fitting([asked, markdown_block(last), *blocks])}
        return (*messages, end)

    async def share(self, user: str, kept: Kept, say: Say) -> None:
        """Put an answer into the channel: made anew from what everybody there may read, or not at all."""
        try:
            ended = await self._asked(user, kept, ephemeral=False)
        except Unanswered as exc:
            ended = str(exc)
        if isinstance(ended, str):
            await say(text=mrkdwn(ended), replace_original=False)
        elif not isinstance(ended, Done) or not ended.citations:
            await say(text=slack_words.NOT_FOR_ALL, replace_original=False)
        else:
            await self._post(user, kept, ended, say)

    async def _post(self, user: str, kept: Kept, ended: Done, say: Say) -> None:
        said = slack_words.SHARED_BY.format(user=user, question=mrkdwn(kept.question[:_QUESTION_SHOWN]))
        first, *others = pages(markdown(ended.answer))
        messages = [[context_block(said), markdown_block(first)], *([markdown_block(page)] for page in others)]
        messages[-1] = fitting([*messages[-1], *below(ended, kept, self.links)])
        try:
            for blocks in messages:
                await self._put(user, kept, fallback(ended.answer), blocks)
        except (SlackRefused, Gone):
            await say(text=slack_words.CANNOT_POST, replace_original=False)
        except SlackUnsure:
            await say(text=slack_words.UNSURE, replace_original=False)
        else:
            await say(text=slack_words.SHARED, replace_original=False)

    async def _put(self, user: str, kept: Kept, text: str, blocks: Sequence[Block]) -> None:
        if kept.thread:
            thread = Thread(self.calls, Place(self.team, kept.channel, kept.thread, kept.thread, user, ""))
            await thread.require_question()
            await thread.post(text, blocks)
            return
        shown = {"text": text, "blocks": list(blocks), "unfurl_links": False, "unfurl_media": False}
        await self.calls("chat.postMessage", channel=kept.channel, **shown)

    async def _asked(self, user: str, kept: Kept, *, ephemeral: bool) -> Done | Refused | str:
        """The end of an answer, or a sentence that says why there is none. Raises Unanswered where nobody answers."""
        reader, seen = await self.readers.reader(user), await self.readers.of(kept.channel)
        place = (self.team, kept.channel, kept.thread or secrets.token_hex(8))
        asking = Asking(*place, reader, seen.readers, seen.kind, ephemeral, kept.question)
        last: AnswerEvent | None = None
        async with aclosing(self.server.ask(asking)) as events:  # type: ignore[type-var]
            async for event in events:
                last = event
        if isinstance(last, Failed):
            return f"{last.message} (error {last.error})"
        if not isinstance(last, Done | Refused):
            raise Unanswered(slack_words.BROKE_OFF)
        return last
