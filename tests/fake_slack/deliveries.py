"""How parcels reach the app: in time, again where they were not acknowledged, and wrongly where a test wants it."""

import asyncio
from typing import Protocol

from tests.fake_slack.parcel import Outcome, Parcel
from tests.fake_slack.wire import JSON
from tests.fake_slack.workspace import Workspace


class Carrier(Protocol):
    """Socket Mode or signed HTTP."""

    async def attempt(self, parcel: Parcel, number: int) -> Outcome:
        """Send it once; 0 is the first time."""
        ...


class Deliveries:
    """Everything that was sent. The switches make the next parcels go wrong in the ways real ones do."""

    def __init__(self, workspace: Workspace, carrier: Carrier) -> None:
        self._workspace = workspace
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._held: list[Parcel] = []
        self.carrier = carrier
        self.parcels: list[Parcel] = []
        self.copies = 0  # the next parcel comes so many times more
        self.copies_look_new = False  # each copy with an event id of its own
        self.delay = 0.0  # seconds by the clock before each parcel
        self.reorder = 0  # so many of the next parcels wait for each other, then go in reverse order

    @property
    def acknowledged(self) -> list[Parcel]:
        """The parcels that arrived."""
        return [parcel for parcel in self.parcels if parcel.acknowledged]

    @property
    def dead_letters(self) -> list[Parcel]:
        """The parcels that were never acknowledged, although they came again."""
        return [parcel for parcel in self.parcels if parcel.given_up]

    @property
    def under_way(self) -> list[Parcel]:
        """The parcels whose fate is open."""
        return [parcel for parcel in self.parcels if not parcel.acknowledged and not parcel.given_up]

    def begin(self) -> None:
        """Deliver on the loop that runs now."""
        self._loop = asyncio.get_running_loop()

    def send(self, kind: str, payload: JSON) -> Parcel:
        """Send this, from whatever thread, and come back at once."""
        parcel = Parcel(kind, payload)
        self._start(parcel)
        copies, self.copies = self.copies, 0
        for _ in range(copies):
            fresh = {"event_id": self._workspace.fresh("Ev")} if self.copies_look_new else {}
            self._start(Parcel(kind, payload | fresh))
        return parcel

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, parcel: Parcel) -> None:
        self.parcels.append(parcel)
        self._held.append(parcel)
        self.reorder = max(0, self.reorder - 1)
        if self.reorder == 0 and self._loop is not None:
            ready, self._held = self._held[::-1], []
            for one in ready:
                self._loop.call_soon_threadsafe(self._start_here, one)

    def _start_here(self, parcel: Parcel) -> None:
        task = asyncio.ensure_future(self._deliver(parcel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, parcel: Parcel) -> None:
        clock = self._workspace.clock
        await clock.sleep(self.delay)
        begun = clock.now()
        for number, wait in enumerate(parcel.waits):
            await clock.sleep(begun + wait - clock.now())
            parcel.sent_at.append(clock.now())
            parcel.outcome = await self.carrier.attempt(parcel, number)
            if parcel.acknowledged:
                parcel.acknowledged_at = clock.now()
                for listener in parcel.on_response if parcel.response else []:
                    listener(parcel.response or {})
                return
            if not parcel.outcome.again:
                break
        parcel.given_up = True
