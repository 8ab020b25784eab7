"""Saying something to one person alone: where Slack gave an address for it, else in the channel, else directly.

Slack keeps no such message and shows it to nobody again, so whether one arrived cannot be looked up.
"""

from dataclasses import dataclass
from typing import Any

from app.slack_client import SlackQuestion
from ui.slack_calls import Calls, SlackRefused


@dataclass(slots=True)
class Whisper:
    """Says something to whoever asked this question."""

    calls: Calls
    question: SlackQuestion
    _is_over: bool = False  # the address is good for half an hour and five times

    async def __call__(self, **shown: Any) -> None:
        """Say it.

        Raises:
            SlackRefused: there is no way to this person.
            SlackUnsure: whether it arrived is not known.
        """
        question = self.question
        thread = {"thread_ts": question.reply_thread} if question.reply_thread else {}
        if question.reply_url and not self._is_over:
            here = {"response_type": "ephemeral", "replace_original": False}
            try:
                await self.calls.reply(question.reply_url, **here, **thread, **shown)
            except SlackRefused:
                self._is_over = True
            else:
                return
        try:
            await self.calls("chat.postEphemeral", channel=question.channel, user=question.asker, **thread, **shown)
        except SlackRefused:  # we are not there, or that person is not
            quiet = {"unfurl_links": False, "unfurl_media": False}
            await self.calls("chat.postMessage", channel=question.asker, **quiet, **shown)
