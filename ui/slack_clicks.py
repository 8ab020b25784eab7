"""What people do with buttons, dialogs, the command and the shortcut.

Everything is acknowledged first, but questions: those are kept before, and answered by whoever answers all others.
"""

import json
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from app.client import Unanswered
from app.slack_client import NewQuestion, SlackClient, Via
from ui import slack_buttons, slack_words
from ui.slack_answer import Links
from ui.slack_buttons import Kept, typed, unpack
from ui.slack_calls import Calls, SlackRefused, SlackUnsure
from ui.slack_events import Ourselves, plain
from ui.slack_home import CLOSE_CHANNEL, OPEN_CHANNEL, OPT_IN, OPT_OUT, Home
from ui.slack_mrkdwn import mrkdwn, text_section
from ui.slack_private import Private

_log = logging.getLogger(__name__)
_ANY = re.compile("")
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clicks:
    """The listeners of everything that is no event."""

    server: SlackClient
    calls: Calls
    we: Ourselves
    home: Home
    private: Private
    links: Links
    wake: Callable[[], None]  # tells the worker that there is a question

    def register(self, app: AsyncApp) -> None:
        """Listen. What nobody listens to is acknowledged, too, or Slack would show an error to whoever clicked."""
        app.action(slack_buttons.FEEDBACK)(self.judge)
        app.view(slack_buttons.REASON)(self.give_reason)
        app.action(slack_buttons.SHOW_ME)(self.show)
        app.action(slack_buttons.SHARE)(self.share)
        app.action(slack_buttons.ASK_HR)(self.ask_hr)
        app.view(slack_buttons.SEND_TO_HR)(self.send_to_hr)
        app.command(slack_buttons.COMMAND)(self.command)
        app.shortcut(slack_buttons.SHORTCUT)(self.shortcut)
        app.action(re.compile(f"{OPT_IN}|{OPT_OUT}"))(self.choose_messages)
        app.action(re.compile(f"{OPEN_CHANNEL}|{CLOSE_CHANNEL}"))(self.choose_channel)
        for listen in (app.action, app.view, app.command, app.shortcut, app.options, app.view_closed):
            listen(_ANY)(_acknowledge)

    async def judge(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """Helpful or not; where it is not, ask why."""
        await ack()
        verdict, _, answer = str(body["actions"][0]["value"]).partition(":")
        await self._rate(answer, body["user"]["id"], verdict)
        if verdict == "good":
            await _say(respond, slack_words.THANKS_GOOD, body)
        else:  # after the verdict is kept: it must not come after the reason and take it away
            await self._open(body, slack_buttons.reason_dialog(answer))

    async def give_reason(self, ack: AsyncAck, body: Body) -> None:
        """Why an answer did not help."""
        await ack()
        view = body["view"]
        await self._rate(view["private_metadata"], body["user"]["id"], "bad", typed(view, "reason"))

    async def show(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """Show somebody what only that person may read."""
        await self._accept(ack, body, respond, unpack(body["actions"][0]["value"]), "button")

    async def share(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """Share a private answer."""
        await ack()
        kept = unpack(body["actions"][0]["value"])
        try:
            await self.private.share(body["user"]["id"], kept, _private(respond, kept.thread))
        except (SlackRefused, SlackUnsure) as exc:
            _log.warning("An answer could not be shared: %s", exc)
            await _say(respond, slack_words.GONE_WRONG, body)

    async def command(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """`/ask`: answered to whoever typed it."""
        kept = Kept(body["channel_id"], "", plain(str(body.get("text") or ""), self.we))
        await self._accept(ack, body, respond, kept, "command")

    async def shortcut(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """ "Ask Frontdesk about this" on a message."""
        message = body["message"]
        thread = str(message.get("thread_ts") or body["message_ts"])
        kept = Kept(body["channel"]["id"], thread, plain(str(message.get("text", "")), self.we))
        await self._accept(ack, body, respond, kept, "shortcut")

    async def ask_hr(self, ack: AsyncAck, body: Body) -> None:
        """Show what HR would see."""
        await ack()
        kept = unpack(body["actions"][0]["value"])
        dialog = slack_buttons.hr_dialog(mrkdwn(kept.question), _sources(body.get("message") or {}))
        await self._open(body, dialog)

    async def send_to_hr(self, ack: AsyncAck, body: Body) -> None:
        """Open a thread in the channel of HR; sending the dialog is the consent."""
        await ack()
        user, view = body["user"]["id"], body["view"]
        note = typed(view, "note")
        said = [slack_words.HR_ASKS.format(user=user), json.loads(view["private_metadata"]), mrkdwn(note)]
        blocks = [text_section(part) for part in said if part]
        shown = {"text": said[0], "blocks": blocks, "unfurl_links": False, "unfurl_media": False}
        try:
            await self.calls("chat.postMessage", channel=self.links.hr_channel, **shown)
            told = slack_words.TO_HR
        except SlackUnsure:
            told = slack_words.UNSURE
        except SlackRefused as exc:
            _log.error("HR could not be asked: %s", exc)
            told = slack_words.GONE_WRONG
        await self._tell(user, told)

    async def choose_messages(self, ack: AsyncAck, body: Body) -> None:
        """Whether somebody's messages may be a source."""
        await ack()
        user = body["user"]["id"]
        choose = self.server.opt_out if body["actions"][0]["action_id"] == OPT_OUT else self.server.opt_in
        await self._chosen(user, choose(self.we.team, user))

    async def choose_channel(self, ack: AsyncAck, body: Body) -> None:
        """Whether the bot answers in a channel without being mentioned; its members choose."""
        await ack()
        user, action = body["user"]["id"], body["actions"][0]
        channel = action.get("selected_conversation") or action.get("value") or ""
        if not {user, self.we.user} <= await self._members(channel):
            await self._tell(user, slack_words.NOT_A_MEMBER)
            return
        choose = self.server.open_channel if action["action_id"] == OPEN_CHANNEL else self.server.close_channel
        await self._chosen(user, choose(self.we.team, channel))

    async def _chosen(self, user: str, choice: Awaitable[None]) -> None:
        """Keep a choice and show it; the person is told where that fails, for nothing is done then."""
        try:
            await choice
        except Unanswered as exc:
            _log.warning("A choice in App Home was lost: %s", exc)
            await self._tell(user, slack_words.GONE_WRONG)
            return
        try:
            await self.home.publish(user)
        except (Unanswered, SlackRefused, SlackUnsure) as exc:
            _log.warning("App Home could not be drawn: %s", exc)

    async def _accept(self, ack: AsyncAck, body: Body, respond: AsyncRespond, kept: Kept, via: Via) -> None:
        """Take on a question whose answer one person sees. It is kept before it is acknowledged, as all questions are.

        Where the server is away the person is told so at once: Slack does not send such a thing again.
        """
        trigger = str(body.get("trigger_id") or secrets.token_hex(8))
        asker = str(body.get("user_id") or body["user"]["id"])
        reply = str(body.get("response_url") or ""), kept.thread
        question = NewQuestion(self.we.team, kept.channel, trigger, trigger, asker, kept.question, via, *reply)
        try:
            await self.server.accept(question)
        except Unanswered as exc:
            _log.warning("A private question could not be taken on: %s", exc)
            await ack()
            await _private(respond, kept.thread)(text=slack_words.AWAY)
            return
        await ack()
        self.wake()

    async def _members(self, channel: str) -> set[str]:
        try:
            return set(await self.calls.all("conversations.members", "members", channel=channel, limit=1000))
        except SlackRefused:
            return set()

    async def _open(self, body: Body, view: Body) -> None:
        try:
            await self.calls("views.open", trigger_id=body["trigger_id"], view=view)
        except (SlackRefused, SlackUnsure) as exc:
            _log.info("A dialog could not be opened: %s", exc)

    async def _rate(self, answer: str, who: str, verdict: str, reason: str = "") -> None:
        try:
            reader = await self.private.readers.reader(who)
            rater = reader.email or f"{self.we.team}/{who}"
        except (SlackRefused, SlackUnsure):
            rater = f"{self.we.team}/{who}"
        try:
            await self.server.rate(answer, rater, "good" if verdict == "good" else "bad", reason)
        except Unanswered as exc:
            _log.warning("Feedback was lost: %s", exc)

    async def _tell(self, user: str, text: str) -> None:
        try:
            await self.calls("chat.postMessage", channel=user, text=text)
        except (SlackRefused, SlackUnsure) as exc:
            _log.info("Somebody could not be told: %s", exc)


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


def _private(respond: AsyncRespond, thread: str) -> Any:
    async def say(**shown: Any) -> None:
        shown.setdefault("replace_original", False)
        await respond(response_type="ephemeral", thread_ts=thread or None, **shown)

    return say


async def _say(respond: AsyncRespond, text: str, body: Body) -> None:
    container = body.get("container") or {}
    thread = str(container.get("thread_ts") or container.get("message_ts") or "")
    await _private(respond, thread)(text=text)


def _sources(message: Body) -> str:
    """The sources of an answer, as they stand below it."""
    for block in message.get("blocks") or ():
        if block.get("block_id") == "sources":
            return str(block["text"]["text"])
    return ""
