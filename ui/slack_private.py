"""Answers that one person sees: to `/ask`, to the shortcut on a message, and to "Show me privately"; and sharing one.

They go to the address that Slack gives with a click, so they work in channels where the bot is no member. Their
conversation is their own: nothing of it ever enters what a channel is told.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from app.client import Unanswered
from app.events import AnswerEvent, Done, Failed, Refused
from app.slack_client import Asking, SlackClient
from ui import slack_words
from ui.slack_answer import Links, below
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
class Private:
    """Answers one person, or shares an answer at that person's wish."""

    server: SlackClient
    calls: Calls
    readers: Readers
    links: Links
    team: str

    async def answer(self, user: str, kept: Kept, say: Say) -> None:
        """Answer with what this person may read. `say` shows something to that person alone."""
        if not kept.question.strip():
            await say(text=slack_words.EMPTY)
            return
        ended = await self._asked(user, kept, ephemeral=True)
        if isinstance(ended, str):
            await say(text=mrkdwn(ended))
            return
        blocks = below(ended, kept, self.links)
        if isinstance(ended, Done):
            blocks.append(sharing(kept))
        asked = context_block(f"{slack_words.ONLY_YOU} {mrkdwn(kept.question[:_QUESTION_SHOWN])}")
        *firsts, last = pages(markdown(ended.answer)) or [""]
        for first in firsts:
            await say(text=fallback(first), blocks=[markdown_block(first)], replace_original=False)
        shown = fitting([asked, markdown_block(last), *blocks])
        await say(text=fallback(ended.answer), blocks=shown, replace_original=False)

    async def share(self, user: str, kept: Kept, say: Say) -> None:
        """Put an answer into the channel: made anew from what everybody there may read, or not at all."""
        ended = await self._asked(user, kept, ephemeral=False)
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
        """The end of an answer, or a sentence that says why there is none."""
        reader, seen = await self.readers.reader(user), await self.readers.of(kept.channel)
        place = (self.team, kept.channel, kept.thread or secrets.token_hex(8))
        asking = Asking(*place, reader, seen.readers, seen.kind, ephemeral, kept.question)
        last: AnswerEvent | None = None
        try:
            async with aclosing(self.server.ask(asking)) as events:  # type: ignore[type-var]
                async for event in events:
                    last = event
        except Unanswered as exc:
            return str(exc)
        if isinstance(last, Failed):
            return f"{last.message} (error {last.error})"
        return last if isinstance(last, Done | Refused) else slack_words.BROKE_OFF
