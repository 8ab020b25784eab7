"""The bot's client against the real server."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from app.bootstrap import Home
from app.client import Client, Unanswered
from app.door import service_key
from app.events import Done, Found, Refused
from app.slack_client import Asking, NewQuestion, Reader, SlackClient
from tests.serving import free_port, served

pytestmark = pytest.mark.anyio
LEAVE = "How many days of annual leave does every employee have?"
HANA, SAM = Reader("U1", "hana@office.example"), Reader("U3", "sam@office.example")
ASKED = NewQuestion("T1", "C1", "17.2", "17.1", "U3", LEAVE, "mention")
PUBLIC = Asking("T1", "C1", "17.1", SAM, [SAM, HANA], "public", ephemeral=False, question=LEAVE)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def address(office: Home) -> Iterator[str]:
    with served(office) as url:
        yield url


@pytest.fixture
async def bot(office: Home, address: str) -> AsyncIterator[SlackClient]:
    async with SlackClient(address, service_key(office.settings.home)) as client:
        yield client


async def test_an_event_is_stored_once_and_passed_by_each_consumer(bot: SlackClient) -> None:
    body = {"event": {"text": "Größe?", "ts": "17.1"}}
    assert [await bot.store_event(id_, "T1", "message", body) for id_ in ("Ev1", "Ev1", "Ev2")] == [True, False, True]
    first, second = await bot.events("answering")
    assert (first.id, first.type, first.body) == ("Ev1", "message", body)
    await bot.advance("answering", first.seq)
    assert [event.id for event in await bot.events("answering")] == ["Ev2"]
    assert await bot.events("syncing", 1) == [first]
    await bot.advance("answering", second.seq)


async def test_a_question_is_accepted_claimed_and_answered(bot: SlackClient) -> None:
    assert [await bot.accept(ASKED), await bot.accept(ASKED)] == ["accepted", "known"]
    assert await bot.accept(replace(ASKED, ts="18.2", thread="18.1", via="thread")) == "none"
    question = await bot.claim("w1")
    assert question is not None
    assert (question.ts, question.text, question.held_by("w1")) == ("17.2", LEAVE, True)
    assert await bot.claim("w2") is None
    beaten = await bot.beat(question, "w1", answer_ts="17.3", streaming=True, conversation="t")
    assert (beaten.answer_ts, beaten.streaming, beaten.conversation) == ("17.3", True, "t")
    assert await bot.answering() == [beaten]
    ended = await bot.finish(question, "w1", "answered", "t:2")
    assert (ended.state, ended.streaming, ended.answer, ended.text) == ("answered", False, "t:2", "")
    assert await bot.question("T1", "C1", "17.2") == ended
    assert (await bot.questions("answered"), await bot.answering()) == ([ended], [])


async def test_a_question_is_reworded_and_dropped_by_whoever_hears_of_it(bot: SlackClient) -> None:
    asked = replace(ASKED, ts="19.1", thread="19.1")
    await bot.accept(asked)
    assert (await bot.reword(asked, "w9", "How many nights?")).text == "How many nights?"
    assert (await bot.drop(asked, "w9")).state == "dropped"


async def test_a_message_that_never_was_a_question_is_none(bot: SlackClient) -> None:
    assert await bot.question("T1", "C1", "99.9") is None


async def test_it_asks_and_gets_events_and_rates_the_answer(bot: SlackClient) -> None:
    found, *_, done = [event async for event in bot.ask(PUBLIC)]
    assert isinstance(found, Found)
    assert isinstance(done, Done)
    assert (found.better_in_private, "27 days of annual leave" in done.answer) == (False, True)
    await bot.rate(done.answer_id, "slack:T1/U1", "bad", "Which year?")
    with pytest.raises(Unanswered, match="There is no such answer"):
        await bot.rate(f"{done.conversation}:9", "slack:T1/U1", "good")
    said = await bot.transcript(done.conversation, "sam@office.example")
    assert [(one.role, one.citations) for one in said] == [("user", ()), ("assistant", done.citations)]
    with pytest.raises(Unanswered, match="There is no such conversation"):
        await bot.transcript(done.conversation, "hana@office.example")


async def test_a_source_opens_for_who_may_read_it(bot: SlackClient) -> None:
    pay = replace(PUBLIC, asker=HANA, kind="direct", channel="D1", question="What is the salary of grade G5 in Leeds?")
    found = await anext(bot.ask(pay))
    assert isinstance(found, Found)
    chunk = found.sources[0].chunk
    assert "49,700" in (await bot.opened("T1", "C1", HANA, chunk)).text
    with pytest.raises(Unanswered) as refused:
        await bot.opened("T1", "C1", SAM, chunk)
    assert refused.value.status == 404


async def test_leaving_an_answer_early_is_no_error(bot: SlackClient) -> None:
    events = bot.ask(PUBLIC)
    assert isinstance(await anext(events), Found)
    await events.aclose()  # type: ignore[attr-defined]
    assert (await bot.readable("T1", SAM)).documents == 3


async def test_it_tells_what_somebody_may_read(bot: SlackClient) -> None:
    hanas = await bot.readable("T1", HANA)
    assert (hanas.documents, hanas.audiences) == (4, ("everyone", "group:hr"))
    assert (await bot.readable("T1", replace(HANA, stranger=True))).documents == 0


async def test_persons_and_channels_choose(bot: SlackClient) -> None:
    await bot.opt_out("T1", "U1")
    await bot.open_channel("T1", "C1")
    assert await bot.opted_out("T1") == {"U1"}
    assert await bot.open_channels("T1") == {"C1"}
    await bot.opt_in("T1", "U1")
    await bot.close_channel("T1", "C1")
    assert (await bot.opted_out("T1"), await bot.open_channels("T1")) == (frozenset(), frozenset())


async def test_a_question_that_is_not_accepted_says_why(bot: SlackClient) -> None:
    with pytest.raises(Unanswered, match="The question is empty") as refused:
        await anext(bot.ask(replace(PUBLIC, question=" ")))
    assert refused.value.status == 422


async def test_a_wrong_key_is_told(address: str) -> None:
    async with SlackClient(address, "wrong") as client:
        with pytest.raises(Unanswered, match="Send a valid key") as refused:
            await client.claim("w1")
    assert refused.value.status == 401


async def test_a_server_that_is_away_is_told_in_one_sentence() -> None:
    async with SlackClient(f"http://127.0.0.1:{free_port()}", "key") as client:
        for attempt in (client.claim("w1"), anext(client.ask(PUBLIC))):
            with pytest.raises(Unanswered, match="The server cannot be reached") as refused:
                await attempt
            assert refused.value.status == 0


async def test_a_proxy_of_the_environment_is_not_used(
    address: str, office: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    async with SlackClient(address, service_key(office.settings.home)) as client:
        assert await client.answering() == []


async def test_what_is_asked_in_slack_goes_on_for_its_first_asker_on_the_web_as_a_copy(
    bot: SlackClient, address: str, office: Home
) -> None:
    thread = replace(PUBLIC, thread="20.1")
    first = [event async for event in bot.ask(thread)][-1]
    assert isinstance(first, Done)
    web = Client(address, service_key(office.settings.home), "sam@office.example")
    *_, copied = web.ask("And who blocks a lost badge?", first.conversation)
    assert isinstance(copied, Done | Refused)
    assert copied.conversation != first.conversation
    assert [one.text for one in web.transcript(copied.conversation)][:2] == [
        one.text for one in web.transcript(first.conversation)
    ]
    assert len(await bot.transcript(first.conversation, "sam@office.example")) == 2
    web.close()
