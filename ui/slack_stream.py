"""One answer while it is written into a thread of Slack: streamed, or put right where a stream breaks off.

A text is sent once: after a stream ended early its message is updated to the whole text, never posted anew. Nothing is
ever posted outside the thread: where the thread is gone, the answer is dropped.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from ui.slack_calls import SlackRefused, SlackUnsure
from ui.slack_mrkdwn import PAGE, Block, fallback, fitting, markdown, markdown_block, parted, ready
from ui.slack_thread import GONE, Gone, Thread

_FEWEST = 256  # characters in one call,
_LONGEST = 1.0  # or seconds since the last one
_BETWEEN_UPDATES = 3.0  # seconds
_TRIES = 3
_NO_STREAMS = {"unknown_method", "feature_disabled", "channel_type_not_supported", "feature_not_enabled"}
_ENDED = {"message_not_in_streaming_state", "streaming_mode_mismatch"}


class StoppedByUser(Exception):
    """Somebody pressed stop."""


class _Mode(Enum):
    NEW = "nothing is shown yet"
    STREAMING = "a stream is open"
    UPDATING = "a message stands there and is replaced as a whole"


@dataclass(slots=True)
class Streamed:
    """An answer on its way. `note` is told of each message that begins or ends: its ts, and whether it streams."""

    thread: Thread
    note: Callable[[str, bool], Awaitable[None]]
    ts: str = ""
    _mode: _Mode = _Mode.NEW
    _can_stream: bool = True
    _tail: str = ""  # not yet rendered: its last word may go on
    _pending: str = ""  # rendered, not yet sent
    _page: str = ""  # what the present message shows
    _sent_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._sent_at = self.thread.calls.clock.now()

    async def adopt(self, ts: str) -> None:
        """Go on in a message that an earlier run began; its text will be replaced."""
        self.ts = ts
        try:
            await self._end_stream()
        except Gone:  # somebody deleted it
            self.ts, self._mode = "", _Mode.NEW

    async def add(self, text: str) -> None:
        """More of the answer."""
        self._tail += text
        at = ready(self._tail)
        self._pending += markdown(self._tail[:at])
        self._tail = self._tail[at:]
        late = self.thread.calls.clock.now() - self._sent_at >= _LONGEST
        if self._pending.strip() and (len(self._pending) >= _FEWEST or late):
            await self._send_pending()

    async def finish(self, blocks: Sequence[Block] = ()) -> None:
        """The answer is whole; `blocks` go below it."""
        self._pending += markdown(self._tail)
        self._tail = ""
        await self._send_pending()
        await self._end_page(fitting(blocks))

    async def replace(self, text: str, blocks: Sequence[Block] = ()) -> None:
        """The answer is this one, whatever was written before."""
        await self.begin_anew()
        self._tail = text
        await self.finish(blocks)

    async def begin_anew(self) -> None:
        """Forget the text; what is shown stays until there is a new one."""
        self._tail = self._pending = self._page = ""
        if self._mode is _Mode.STREAMING:
            await self._end_stream()

    async def halt(self) -> None:
        """Write no more; what is shown stays."""
        if self._mode is _Mode.STREAMING:
            await self._end_stream()

    async def remove(self) -> None:
        """Take back what is shown."""
        await self.halt()
        if self.ts:
            try:
                await self.thread.calls("chat.delete", channel=self.thread.place.channel, ts=self.ts)
            except SlackRefused:
                return

    async def _send_pending(self) -> None:
        while len(self._page) + len(self._pending) > PAGE:
            piece, self._pending = parted(self._pending, PAGE - len(self._page), self._page)
            await self._send(piece)
            await self._end_page([])
            self._mode, self._page, self.ts = _Mode.NEW, "", ""
        piece, self._pending = self._pending, ""
        await self._send(piece)
        self._sent_at = self.thread.calls.clock.now()

    async def _send(self, piece: str) -> None:
        if not piece:
            return
        if self._mode is _Mode.NEW:
            await self._begin(piece)
            return
        self._page += piece
        if self._mode is _Mode.STREAMING:
            await self._append(piece)
        elif self.thread.calls.clock.now() - self._sent_at >= _BETWEEN_UPDATES:
            await self._update([])

    async def _append(self, piece: str) -> None:
        try:
            await self.thread.calls(
                "chat.appendStream", channel=self.thread.place.channel, ts=self.ts, markdown_text=piece
            )
        except SlackUnsure:
            await self._end_stream()  # whether the piece arrived is not known, so the whole text is set later
        except SlackRefused as exc:
            if exc.error == "stopped_by_user":
                raise StoppedByUser from exc
            if exc.error in GONE:
                raise Gone from exc
            if exc.error not in _ENDED:
                raise
            await self._now_updating()

    async def _begin(self, piece: str) -> None:
        await self.thread.require_question()
        for _ in range(_TRIES):
            try:
                await (self._start(piece) if self._can_stream else self._post(piece))
            except SlackUnsure:
                found = await self.thread.own()
                if found:
                    self._page = piece
                    await self.adopt(found)
                    return
            except SlackRefused as exc:
                if exc.error in GONE:
                    raise Gone from exc
                if not self._can_stream or exc.error not in _NO_STREAMS:
                    raise
                self._can_stream = False
            else:
                self._page = piece
                return
        raise SlackUnsure("No message could be begun")

    async def _start(self, piece: str) -> None:
        place = self.thread.place
        begun = await self.thread.calls(
            "chat.startStream",
            channel=place.channel,
            thread_ts=place.thread,
            markdown_text=piece,
            recipient_team_id=place.team,
            recipient_user_id=place.asker,
        )
        self.ts, self._mode = str(begun["ts"]), _Mode.STREAMING
        await self.note(self.ts, True)  # noqa: FBT003

    async def _post(self, piece: str) -> None:
        """Where there are no streams."""
        self.ts = await self.thread.post(fallback(piece), [markdown_block(piece)])
        self._mode = _Mode.UPDATING
        await self.note(self.ts, False)  # noqa: FBT003

    async def _end_page(self, blocks: Sequence[Block]) -> None:
        if self._mode is _Mode.STREAMING:
            await self._stop(blocks)
        if self._mode is _Mode.UPDATING:
            await self._update(blocks)

    async def _stop(self, blocks: Sequence[Block]) -> None:
        place = self.thread.place
        try:
            await self.thread.calls(
                "chat.stopStream", channel=place.channel, ts=self.ts, blocks=list(blocks), metadata=place.marker
            )
        except SlackRefused as exc:
            if exc.error == "stopped_by_user":
                raise StoppedByUser from exc
            if exc.error in GONE:
                raise Gone from exc
            await self._now_updating()

    async def _update(self, blocks: Sequence[Block]) -> None:
        shown = {"text": fallback(self._page), "blocks": [markdown_block(self._page), *blocks]}
        place = {"channel": self.thread.place.channel, "ts": self.ts}
        for _ in range(_TRIES):
            try:
                await self.thread.calls("chat.update", **place, **shown, metadata=self.thread.place.marker)
            except SlackRefused as exc:
                if exc.error in GONE:
                    raise Gone from exc
                if exc.error != "streaming_state_conflict":
                    raise
                await self._end_stream()
            else:
                return

    async def _end_stream(self) -> None:
        """Close the stream where it still is one; from now on the message is updated."""
        try:
            await self.thread.calls("chat.stopStream", channel=self.thread.place.channel, ts=self.ts)
        except SlackRefused as exc:
            if exc.error in GONE:
                raise Gone from exc
        await self._now_updating()

    async def _now_updating(self) -> None:
        self._mode = _Mode.UPDATING
        await self.note(self.ts, False)  # noqa: FBT003
