"""What an answer looks like in its thread, and when there is none."""

import pytest

from app import slack_choices
from app.access import caller_for
from app.events import VERIFIED, Citation, Done
from retrieval.budget import TokenUse
from tests.ui.slack_world import BONUS, LEAVE, Told, World, conversation_in, element, visible
from ui import slack_words
from ui.slack_answer import Links, below
from ui.slack_buttons import ON_THE_WEB, Kept

pytestmark = pytest.mark.anyio
CITATION = Citation(1, "handbook/leave.md", "Leave", "27 days", "", "c1", 0, 7)


async def test_documents_and_models_cannot_ping_link_or_unfurl(here: World) -> None:
    here.answering_with(Told(["<!channel> see [this](https://evil.example), <@U2> or www.evil.example now. [1]"]))
    async with here.bot():
        answer = await here.answered("C1", here.slack.as_user("U1").ask("C1", LEAVE))
    assert answer["text"] == (
        "&lt;!channel&gt; see [this] (`https://evil.example`), &lt;@U2&gt; or `www.evil.example` now. [1]"
    )


async def test_what_a_document_says_to_slack_is_only_text(here: World) -> None:
    async with here.bot():
        answer = await here.answered("C1", here.slack.as_user("U1").ask("C1", "Where is the parking badge?"))
    assert "parking badge" in answer["text"]
    assert "<" not in answer["text"]
    assert "`https://evil.example/badge`" in answer["text"]


async def test_an_answer_longer_than_a_message_goes_on_in_the_thread_with_its_sources_last(here: World) -> None:
    rows = [f"| country {number} | {number} days [1] |\n" for number in range(500)]
    here.answering_with(Told(["| country | days |\n|---|---|\n", *rows]))
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.settled()
    first, second = here.answers("C1", question)
    assert second["text"].startswith("| country | days |\n|---|---|\n| country ")
    assert (first["text"] + second["text"]).count("| country ") == 502
    assert ["Sources" in visible(message) for message in (first, second)] == [False, True]


async def test_what_the_documents_do_not_say_is_refused_with_whom_to_ask(here: World) -> None:
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", "Which planet has the most volcanoes?")
        answer = await here.answered("C1", question)
        await here.settled()
    assert answer["text"].startswith("Our documents do not say.")
    assert here.state("C1", question) == "refused"


async def test_a_mention_without_a_question_gets_a_hint(here: World) -> None:
    async with here.bot():
        answer = await here.answered("C1", here.slack.as_user("U1").ask("C1", ""))
    assert answer["text"] == slack_words.EMPTY


async def test_a_question_that_cannot_be_taken_is_told_why(here: World) -> None:
    async with here.bot():
        question = here.slack.as_user("U1").dm("why " * 5_000)
        await here.settled()
        (answer,) = here.answers("DU1", question)
    assert here.state("DU1", question) == "failed"
    assert "question" in answer["text"]


async def test_a_thread_is_one_conversation_that_its_first_asker_finds_on_the_web(here: World) -> None:
    async with here.bot():
        root = here.slack.as_user("U1").ask("C1", LEAVE)
        first = await here.answered("C1", root)
        here.slack.as_user("U2").post("C1", "What may a hotel night in Lisbon cost?", root)
        second = await here.answered("C1", root, 2)
        await here.settled()
    assert "140 euros" in second["text"]
    links = [element(answer, ON_THE_WEB) for answer in (first, second)]
    assert links[0] == links[1]
    assert links[0]
    titles = [talk.id for talk in here.home.conversations.listed(caller_for(here.home.engine, "ann@example.test"))]
    assert titles == [conversation_in(links[0]["url"])]


async def test_a_thread_where_nobody_asked_us_stays_without_us(here: World) -> None:
    async with here.bot():
        root = here.slack.as_user("U1").post("C1", "Lunch at twelve.")
        here.slack.as_user("U2").post("C1", LEAVE, root)
        await here.settled()
    assert here.answers("C1", root) == []


async def test_in_a_channel_that_chose_it_good_questions_are_answered_unasked(here: World) -> None:
    slack_choices.open_channel(here.home.engine, "T1", "C1")
    async with here.bot():
        question = here.slack.as_user("U1").post("C1", LEAVE)
        assert "27 days" in visible(await here.answered("C1", question))
        quiet = [
            here.slack.as_user("U1").post("C1", text)
            for text in (
                "Who pays for my hotel?",
                "Which planet has the most volcanoes?",
                "<@U2> how many days of leave?",
            )
        ]
        await here.settled()
        here.slack.as_user("U2").post("C1", LEAVE, quiet[0])  # among colleagues, who never saw the bot there
        await here.settled()
    assert [here.answers("C1", one) for one in quiet] == [[], [], []]


@pytest.mark.parametrize("here", [{"questions_per_minute": 1}], indirect=True)
async def test_whoever_asks_too_often_is_told_but_not_where_nobody_asked(here: World) -> None:
    slack_choices.open_channel(here.home.engine, "T1", "C1")
    async with here.bot():
        await here.answered("C1", here.slack.as_user("U1").ask("C1", LEAVE))
        again = await here.answered("C1", here.slack.as_user("U1").ask("C1", LEAVE))
        unasked = here.slack.as_user("U1").post("C1", LEAVE)
        await here.settled()
    assert "in a minute" in again["text"]
    assert (here.answers("C1", unasked), here.state("C1", unasked)) == ([], "dropped")


async def test_in_other_channels_nobody_is_answered_unasked(here: World) -> None:
    async with here.bot():
        question = here.slack.as_user("U1").post("C1", LEAVE)
        await here.settled()
    assert here.answers("C1", question) == []


async def test_nothing_private_is_said_of_a_question_for_managers_in_public(here: World) -> None:
    async with here.bot():
        answer = await here.answered("C1", here.slack.as_user("U1").ask("C1", BONUS))
    assert "Bonus of managers" not in visible(answer)


@pytest.mark.parametrize(
    ("model", "citations", "words"),
    [
        ("quoting", (CITATION,), slack_words.CHECK),
        ("llama", (), slack_words.NO_SOURCE),
        (VERIFIED, (CITATION,), slack_words.VERIFIED),
    ],
)
def test_below_an_answer_stands_how_far_to_trust_it(model: str, citations: tuple[Citation, ...], words: str) -> None:
    event = Done("27 days.", citations, TokenUse(), {}, "abc", model, "abc:2")
    assert words in visible({"text": "", "blocks": below(event, Kept("C1", "1.0", LEAVE), Links())})


def test_below_quotes_that_stand_for_the_models_words_it_says_so() -> None:
    event = Done("27 days.", (CITATION,), TokenUse(), {}, "abc", "llama", "abc:2", instead_of="llama")
    assert slack_words.FELL_BACK in visible({"text": "", "blocks": below(event, Kept("C1", "1.0", LEAVE), Links())})
