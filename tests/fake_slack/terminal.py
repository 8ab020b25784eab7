"""The fake Slack in a terminal: prints what people would see, and does what a person types."""

from collections.abc import Callable, Iterator
from typing import TextIO

from tests.fake_slack.blocks import elements
from tests.fake_slack.channel import Channel
from tests.fake_slack.person import Person
from tests.fake_slack.slack import FakeSlack
from tests.fake_slack.transcript import channel_text, message_lines, readable, view_text
from tests.fake_slack.wire import JSON, SlackError, thread_of
from tests.fake_slack.workspace import Happening

HELP = """\
@bot QUESTION     mention the bot            dm QUESTION       write to it directly
/ask QUESTION     use the command            thread TEXT       write in the last thread
click ACTION [VALUE]  use a button           submit ACTION=VALUE ...  send the open form
home | messages   open the app               stop              stop the answer that is being written
edit TEXT | delete | react NAME              change your last message, or react to the bot's
as NAME | in CHANNEL  be somebody else, be elsewhere          show | who | help | quit
anything else is written to the channel
"""


class Terminal:
    """One person at a time, in one channel at a time."""

    def __init__(self, slack: FakeSlack, person: str, channel: str, out: TextIO) -> None:
        self._slack = slack
        self._user = person
        self._channel = channel
        self._out = out
        self._mine: tuple[str, str] | None = None  # channel and ts of what this person wrote last
        self._thread: tuple[str, str] | None = None
        self._modal = ""
        self.done = False
        slack.workspace.watchers.append(self._show)

    @property
    def _person(self) -> Person:
        return self._slack.as_user(self._user)

    def obey(self, line: str) -> None:
        """Do what one line says."""
        word, _, rest = line.strip().partition(" ")
        if not word:
            return
        doing = self._commands.get(word)
        try:
            if doing is not None:
                doing(rest.strip())
            elif word.startswith("/"):
                self._person.slash(self._channel, word, rest)
            else:
                self._wrote(self._channel, self._person.post(self._channel, line.strip()))
        except (SlackError, LookupError) as refusal:
            self._print(f"Slack refuses: {refusal}")

    @property
    def _commands(self) -> dict[str, Callable[[str], None]]:
        return {
            "@bot": lambda rest: self._wrote(self._channel, self._person.ask(self._channel, rest)),
            "dm": lambda rest: self._wrote(self._person.direct.id, self._person.dm(rest)),
            "thread": self._reply,
            "click": self._click,
            "submit": self._submit,
            "home": lambda _: self._person.open_home("home"),
            "messages": lambda _: self._person.open_home("messages"),
            "stop": lambda _: self._stop(),
            "edit": lambda rest: self._person.edit(*self._last(), rest),
            "delete": lambda _: self._person.delete(*self._last()),
            "react": lambda rest: self._person.react(*self._of_bot(lambda message: True), rest or "+1"),
            "as": self._become,
            "in": self._enter,
            "show": lambda _: self._print(channel_text(self._slack.workspace, self._place, self._user)),
            "who": lambda _: self._print(f"You are {self._person.user.name} in #{self._place.name}."),
            "help": lambda _: self._print(HELP),
            "quit": lambda _: self._leave(),
        }

    @property
    def _place(self) -> Channel:
        return self._slack.workspace.channels[self._channel]

    def _wrote(self, channel: str, ts: str) -> None:
        self._mine = (channel, ts)
        message = self._slack.workspace.channels[channel].messages[ts]
        self._thread = (channel, thread_of(message))

    def _last(self) -> tuple[str, str]:
        if self._mine is None:
            raise LookupError("You have written nothing yet.")
        return self._mine

    def _reply(self, text: str) -> None:
        if self._thread is None:
            raise LookupError("There is no thread yet.")
        channel, root = self._thread
        self._wrote(channel, self._person.post(channel, text, root))

    def _of_bot(self, fits: Callable[[JSON], bool]) -> tuple[str, str]:
        """The bot's latest message, shown to this person, that fits."""
        workspace = self._slack.workspace
        seen = [(channel.id, one) for channel in workspace.channels.values() for one in channel.messages.values()]
        seen += [(one["channel"], one) for one in workspace.ephemerals if one["shown_to"] == self._user]
        seen.sort(key=lambda pair: float(pair[1]["ts"]))
        for channel, message in reversed(seen):
            if message.get("user") == workspace.bot.user and fits(message):
                return channel, str(message["ts"])
        raise LookupError("The bot has written nothing of the kind.")

    def _click(self, rest: str) -> None:
        action, _, value = rest.partition(" ")

        def has(blocks: list[JSON]) -> bool:
            return any(element["action_id"] == action for _, element in elements(blocks))

        workspace = self._slack.workspace
        views = [self._modal, workspace.homes.get(self._user, "")]
        for view in views:
            if view in workspace.views and has(workspace.views[view]["blocks"]):
                self._person.click_view(view, action, value or None)
                return
        channel, ts = self._of_bot(lambda message: has(message.get("blocks", [])))
        self._person.click(channel, ts, action, value or None)

    def _submit(self, rest: str) -> None:
        if self._modal not in self._slack.workspace.views:
            raise LookupError("There is no open form.")
        pairs = [part.partition("=") for part in rest.split(" ") if "=" in part]
        self._person.submit(self._modal, **{name: value.replace("_", " ") for name, _, value in pairs})

    def _stop(self) -> None:
        for channel, ts in self._slack.workspace.streams:
            self._person.stop(channel, ts)

    def _become(self, name: str) -> None:
        users = self._slack.workspace.users.values()
        self._user = _first((user.id for user in users if name in (user.id, user.name)), name)

    def _enter(self, name: str) -> None:
        channels = self._slack.workspace.channels.values()
        self._channel = _first((one.id for one in channels if name.lstrip("#") in (one.id, one.name)), name)

    def _leave(self) -> None:
        self.done = True

    def _show(self, happening: Happening) -> None:
        workspace = self._slack.workspace
        where = workspace.channels.get(happening.channel)
        user = workspace.users.get(happening.user)
        place = f"#{where.name or 'direct'}" if where else f"@{user.name if user else 'somebody'}"
        if happening.what == "modal":
            self._modal = happening.message["id"]
        if happening.what in ("home", "modal"):
            text = view_text(workspace, happening.message)
        elif happening.what == "status":
            text = f"({happening.message['text'] or 'no status'})"
        elif happening.what == "streamed":
            text = "... " + readable(workspace, happening.message["added"])
        else:
            text = "\n".join(message_lines(workspace, happening.message))
        self._print(f"[{place} {happening.what}]\n{text}")

    def _print(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()


def _first(ids: Iterator[str], name: str) -> str:
    for found in ids:
        return found
    raise LookupError(f"There is no {name!r}.")
