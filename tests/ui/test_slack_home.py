"""The home tab and the beginning of a talk."""

import pytest

from app.slack_client import Readable
from tests.ui.slack_world import LEAVE, World, visible
from ui import slack_words
from ui.slack_home import Overview, home_view

pytestmark = pytest.mark.anyio


async def test_the_home_tab_tells_what_one_may_read_and_what_one_asked(here: World) -> None:
    async with here.bot():
        await here.answered("DU1", here.slack.as_user("U1").dm(LEAVE))
        await here.settled()
        here.slack.as_user("U1").open_home()
        await here.until(lambda: "U1" in here.slack.workspace.homes)
    shown = visible({"text": "", **here.slack.workspace.views[here.slack.workspace.homes["U1"]]})
    assert "4 documents when you ask me alone." in shown
    assert "managers" in shown
    assert LEAVE in shown


async def test_the_home_tab_of_a_guest_shows_no_documents_and_no_choices(here: World) -> None:
    async with here.bot():
        here.slack.as_user("U3").open_home()
        await here.until(lambda: "U3" in here.slack.workspace.homes)
    shown = visible({"text": "", **here.slack.workspace.views[here.slack.workspace.homes["U3"]]})
    assert "0 documents" in shown
    assert "Leave my messages out" not in shown


async def test_opening_a_talk_suggests_questions(here: World) -> None:
    async with here.bot():
        here.slack.as_user("U1").open_home("messages")
        await here.until(lambda: "DU1" in here.slack.workspace.prompts)
    prompts = here.slack.workspace.prompts["DU1"]
    assert [prompt["title"] for prompt in prompts] == [title for title, _ in slack_words.PROMPTS]


async def test_the_older_assistant_view_gets_its_suggestions_in_its_thread(here: World) -> None:
    root = here.slack.as_user("U1").dm("hello")
    thread = {"user_id": "U1", "context": {}, "channel_id": "DU1", "thread_ts": root}
    here.slack.workspace.outbox.put({"type": "assistant_thread_started", "assistant_thread": thread})
    async with here.bot():
        await here.until(lambda: here.slack.calls("assistant.threads.setSuggestedPrompts"))
    assert here.slack.calls("assistant.threads.setSuggestedPrompts")[0].params["thread_ts"] == root


async def test_a_direct_question_names_its_talk(here: World) -> None:
    async with here.bot():
        question = here.slack.as_user("U1").dm(LEAVE)
        await here.answered("DU1", question)
    assert here.slack.workspace.sessions["DU1", question].title == LEAVE


def test_titles_of_conversations_are_text_only() -> None:
    shown = Overview(Readable(3, ("everyone",)), ["<!channel> *x* <https://e.example|y>"], False, ["C1"])  # noqa: FBT003
    view = home_view(shown, "http://127.0.0.1:8611")
    text = visible({"text": "", **view})
    assert "• &lt;!channel&gt; ∗x∗" in text
    assert "<#C1>" in text


def test_many_open_channels_fit_into_the_view() -> None:
    channels = [f"C{number}" for number in range(200)]
    view = home_view(Overview(Readable(3, ()), [], True, channels), "")  # noqa: FBT003
    assert len(view["blocks"]) <= 100
