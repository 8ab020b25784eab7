"""The app's home tab, and what one sees when a talk with the bot is opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.client import Unanswered
from app.slack_client import Readable, SlackClient
from ui import slack_words
from ui.slack_calls import Calls, SlackRefused, SlackUnsure
from ui.slack_mrkdwn import Block, context_block, mrkdwn, text_section
from ui.slack_readers import Readers

OPT_OUT, OPT_IN = "opt_out", "opt_in"
OPEN_CHANNEL, CLOSE_CHANNEL = "open_channel", "close_channel"
CHOOSE = "choose_channel"
_RECENT = 10


@dataclass(frozen=True, slots=True)
class Overview:
    """What the home tab tells one person."""

    readable: Readable
    recent: Sequence[str]
    opted_out: bool
    open_channels: Sequence[str]
    is_outsider: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """Draws the home tab of one person at a time."""

    server: SlackClient
    calls: Calls
    readers: Readers
    team: str
    page: str = ""

    async def publish(self, user: str) -> None:
        """Draw it anew."""
        await self.calls("views.publish", user_id=user, view=home_view(await self._overview(user), self.page))

    async def suggest(self, channel: str, thread: str) -> None:
        """Put questions to begin with where somebody opens a talk with us."""
        prompts = [{"title": title, "message": message} for title, message in slack_words.PROMPTS]
        place = {"channel_id": channel} | ({"thread_ts": thread} if thread else {})
        try:
            await self.calls(
                "assistant.threads.setSuggestedPrompts", **place, prompts=prompts, title=slack_words.PROMPTS_TITLE
            )
        except (SlackRefused, SlackUnsure):
            return  # only a nicety

    async def _overview(self, user: str) -> Overview:
        reader = await self.readers.reader(user)
        outsider = reader.guest or reader.stranger
        recent = await self._recent(reader.email) if reader.email else []
        return Overview(
            await self.server.readable(self.team, reader),
            recent,
            user in await self.server.opted_out(self.team),
            sorted(await self.server.open_channels(self.team)),
            outsider,
        )

    async def _recent(self, email: str) -> list[str]:
        try:
            return list(dict.fromkeys(await self.server.conversations(email)))[:_RECENT]
        except Unanswered as exc:
            if exc.status not in (403, 404):
                raise
            return []  # nobody with this address was imported


def home_view(overview: Overview, page: str) -> Mapping[str, Any]:
    """The home tab. Pure."""
    blocks: list[Block] = [_header("Ask me about your company's policies")]
    blocks.append(
        text_section("Write to me in *Messages*, mention me in a channel, or use `/ask`. Answers name their sources.")
    )
    blocks += [_header("What I can read for you"), text_section(_readable(overview))]
    blocks += [_header("Your recent conversations"), text_section(_recent(overview.recent))]
    if page and overview.recent:
        blocks.append(context_block(f"<{page}|Continue on the web>"))
    if not overview.is_outsider:
        blocks += [_header("Your messages"), *_opting(opted_out=overview.opted_out)]
        blocks += [_header("Channels where I answer without being mentioned"), *_channels(overview.open_channels)]
    return {"type": "home", "blocks": blocks}


def _readable(overview: Overview) -> str:
    groups = [one.partition(":")[2] for one in overview.readable.audiences if one.startswith("group:")]
    also = f" Your groups ({mrkdwn(', '.join(groups))}) add documents that others do not see." if groups else ""
    return (
        f"{overview.readable.documents} documents when you ask me alone.{also} "
        "In a channel I use only what everybody there may read."
    )


def _recent(titles: Sequence[str]) -> str:
    return "\n".join(f"• {mrkdwn(title)}" for title in titles) or "None yet. Ask me something."


def _opting(*, opted_out: bool) -> list[Block]:
    if opted_out:
        text, label, action = "Your messages in channels are not kept as a source.", "Allow it again", OPT_IN
    else:
        text, label, action = (
            "Your messages in channels that Frontdesk reads may be quoted to others who can read that channel.",
            "Leave my messages out",
            OPT_OUT,
        )
    button = {"type": "button", "action_id": action, "text": _plain(label)}
    return [text_section(text), {"type": "actions", "elements": [button]}]


def _channels(channels: Sequence[str]) -> list[Block]:
    blocks = [
        {
            **text_section(f"<#{channel}>"),
            "accessory": {"type": "button", "action_id": CLOSE_CHANNEL, "value": channel, "text": _plain("Stop")},
        }
        for channel in channels
    ]
    choose = {
        "type": "conversations_select",
        "action_id": OPEN_CHANNEL,
        "placeholder": _plain("Let me answer questions in …"),
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
    }
    return [*blocks[:_MOST_CHANNELS], {"type": "actions", "block_id": CHOOSE, "elements": [choose]}]


_MOST_CHANNELS = 50


def _header(text: str) -> Block:
    return {"type": "header", "text": _plain(text)}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
