"""A talk in the terminal: one question after another in one conversation, until the end of input."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from rich.console import Console

from app.access import Caller
from app.desk import Desk
from app.events import AnswerEvent, Done, told_once
from app.question import Question
from app.terminal import show_event
from retrieval.errors import FrontdeskError

_ENDS = {"exit", "quit"}
WELCOME = "Ask about a policy. Ctrl-C stops an answer, Ctrl-D or exit ends the talk."
STOPPED = "Stopped. What was said is kept."


def talk(desk: Desk, caller: Caller, read: Callable[[str], str] = input, out: Console | None = None) -> None:
    """Ask for questions and show their answers; a question that fails does not end the talk."""
    console = out or Console()
    name = next(iter(desk.answerers))
    console.print(f"[dim]{name} answers. {WELCOME}[/dim]")
    conversation = ""
    while (question := _asked(read)) is not None:
        if question:
            conversation = _answer(desk, Question(question, caller, conversation), console) or conversation
    console.print()


def _asked(read: Callable[[str], str]) -> str | None:
    """The next question, empty where none was typed; None at the end."""
    try:
        typed = read("> ").strip()
    except KeyboardInterrupt:
        return ""
    except EOFError:
        return None
    return None if typed.lower() in _ENDS else typed


def _answer(desk: Desk, question: Question, console: Console) -> str:
    """Show an answer; returns the conversation it is in."""
    conversation = ""
    try:
        with closing(desk.ask(question)) as events:  # type: ignore[type-var]
            for event in told_once(events):
                conversation = getattr(event, "conversation", "") or conversation
                show_event(_of_talk(event), console)
    except KeyboardInterrupt:
        console.print(f"\n[yellow]{STOPPED}[/yellow]")
    except FrontdeskError as exc:
        console.print(exc.user_message, style="red", markup=False)
    return conversation


def _of_talk(event: AnswerEvent) -> AnswerEvent:
    """How to go on with a conversation needs no saying in one."""
    return replace(event, conversation="") if isinstance(event, Done) else event
