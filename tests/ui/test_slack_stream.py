"""An answer while it is written, with everything that Slack does to a stream."""

import asyncio

import pytest

from tests.fake_slack.faults import drop_after, drop_before, http429, json_error, truncated_json
from tests.ui.slack_alone import Alone
from ui.slack_mrkdwn import PAGE
from ui.slack_stream import StoppedByUser
from ui.slack_thread import Gone

pytestmark = pytest.mark.anyio
SENTENCE = "A sentence that is long enough to be sent, word for word. "
LONG = SENTENCE * 6  # more than 256 characters


async def test_small_pieces_are_sent_together(lone: Alone) -> None:
    stream = lone.stream(lone.ask())
    for word in LONG.split(" "):
        await stream.add(word + " ")
    await stream.finish()
    assert [len(lone.slack.calls(f"chat.{name}Stream")) for name in ("start", "append", "stop")] == [1, 1, 1]
    assert lone.shown() == [LONG + " "]


async def test_a_second_without_a_call_is_long_enough(lone: Alone) -> None:
    stream = lone.stream(lone.ask())
    await stream.add("Soon ")
    assert lone.said() == []
    await lone.slack.advance(1)
    await stream.add("now ")
    assert lone.shown() == ["Soon now "]


async def test_half_a_word_is_not_shown(lone: Alone) -> None:
    stream = lone.stream(lone.ask())
    await stream.add(LONG + "<!chan")
    assert lone.shown() == [LONG]
    await stream.add("nel> ")
    await stream.finish()
    assert lone.shown() == [LONG + "&lt;!channel&gt; "]


async def test_a_short_answer_is_one_stream_with_its_blocks(lone: Alone) -> None:
    stream = lone.stream(lone.ask())
    await stream.add("27 days.")
    await stream.finish([{"type": "divider"}])
    (message,) = lone.said()
    assert (message["text"], message["streaming_state"]) == ("27 days.", "completed")
    assert [block["type"] for block in message["blocks"]] == ["divider"]
    assert lone.noted == [(message["ts"], True)]


async def test_too_many_calls_wait_as_long_as_slack_says(lone: Alone) -> None:
    stream = lone.stream(lone.ask())
    await stream.add(LONG)
    lone.slack.fail("chat.appendStream", http429(2))
    adding = asyncio.create_task(stream.add(LONG))
    await lone.slack.until(lambda: len(lone.slack.calls("chat.appendStream")) == 1)
    await lone.slack.advance(1.9)
    assert len(lone.slack.calls("chat.appendStream")) == 1
    await lone.slack.advance(0.2)
    await adding
    await stream.finish()
    assert lone.shown() == [LONG + LONG]


async def test_a_stream_that_dies_after_five_minutes_loses_and_doubles_nothing(lone: Alone) -> None:
    stream = lone.stream(lone.ask())
    await stream.add(LONG)
    await lone.slack.advance(301)
    await stream.add("Two. " + LONG)
    await stream.add("Three. ")
    await stream.finish([{"type": "divider"}])
    assert lone.shown() == [LONG + "Two. " + LONG + "Three. "]
    assert [block["type"] for block in lone.said()[0]["blocks"]] == ["markdown", "divider"]
    assert {call.params["ts"] for call in lone.slack.calls("chat.update")} == {lone.said()[0]["ts"]}


async def test_a_stream_that_dies_just_before_its_end_is_made_whole(lone: Alone) -> None:
    stream = lone.stream(lone.ask())
    await stream.add(LONG)
    await lone.slack.advance(301)
    await stream.finish([{"type": "divider"}])
    assert lone.shown() == [LONG]
    assert [block["type"] for block in lone.said()[0].get("blocks", [])] == ["markdown", "divider"]


@pytest.mark.parametrize("fault", [drop_after, drop_before, truncated_json])
@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
async def test_a_call_that_breaks_off_shows_the_answer_once(lone: Alone, method: str, fault: object) -> None:
    stream = lone.stream(lone.ask())
    lone.slack.fail(method, fault())  # type: ignore[operator]

    async def write() -> None:
        await stream.add(LONG)
        await stream.add("Two. " + LONG)
        await stream.finish([{"type": "divider"}])

    writing = asyncio.create_task(write())
    while not writing.done():
        await lone.slack.advance(1)
    await writing
    assert lone.shown() == [LONG + "Two. " + LONG]


@pytest.mark.parametrize("word", ["unknown_method", "feature_disabled", "channel_type_not_supported"])
async def test_where_slack_has_no_streams_a_message_is_posted_and_updated(lone: Alone, word: str) -> None:
    lone.slack.fail("chat.startStream", json_error(word), times=9)
    stream = lone.stream(lone.ask())
    await stream.add(LONG)
    await stream.add("Two. " + LONG)
    await stream.finish()
    assert lone.shown() == [LONG + "Two. " + LONG]
    assert len(lone.slack.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("fault", [drop_after, drop_before, truncated_json])
async def test_a_post_that_breaks_off_is_found_again_and_not_repeated(lone: Alone, fault: object) -> None:
    lone.slack.fail("chat.startStream", json_error("feature_disabled"), times=9)
    lone.slack.fail("chat.postMessage", fault())  # type: ignore[operator]
    stream = lone.stream(lone.ask())
    await stream.add("27 days.")
    await stream.finish()
    assert lone.shown() == ["27 days."]


async def test_a_post_that_slack_is_too_busy_for_comes_later(lone: Alone) -> None:
    lone.slack.fail("chat.startStream", json_error("feature_disabled"))
    lone.slack.fail("chat.postMessage", json_error("ratelimited"))
    stream = lone.stream(lone.ask())
    await stream.add("27 days.")
    finishing = asyncio.create_task(stream.finish())
    await lone.slack.until(lambda: lone.slack.calls("chat.postMessage"))
    await lone.slack.advance(1)
    await finishing
    assert lone.shown() == ["27 days."]


async def test_an_answer_that_is_too_long_for_one_message_goes_on_in_another(lone: Alone) -> None:
    stream = lone.stream(lone.ask())
    table = "| country | days |\n|---|---|\n" + "".join(f"| country {n} | {n} |\n" for n in range(900))
    for line in table.splitlines(keepends=True):
        await stream.add(line)
    await stream.finish([{"type": "divider"}])
    first, second = lone.shown()
    assert len(first) <= PAGE
    assert second.startswith("| country | days |\n|---|---|\n| country ")
    assert (first + second).count("| country ") == 902
    assert ["blocks" in message for message in lone.said()] == [False, True]


async def test_an_answer_whose_thread_is_gone_is_dropped(lone: Alone) -> None:
    question = lone.ask()
    stream = lone.stream(question)
    lone.slack.admin.forget("C1", question)
    await stream.add("27 days.")
    with pytest.raises(Gone):
        await stream.finish()
    assert lone.said() == []


async def test_a_thread_that_vanishes_between_the_look_and_the_stream_gets_no_answer(lone: Alone) -> None:
    lone.slack.fail("chat.startStream", json_error("invalid_thread_ts"))
    stream = lone.stream(lone.ask())
    await stream.add("27 days.")
    with pytest.raises(Gone):
        await stream.finish()
    assert lone.slack.calls("chat.postMessage") == []


async def test_an_answer_that_somebody_deletes_while_it_is_written_is_dropped(lone: Alone) -> None:
    stream = lone.stream(lone.ask())
    await stream.add(LONG)
    lone.slack.admin.forget("C1", stream.ts)
    with pytest.raises(Gone):
        await stream.add(LONG)


async def test_the_stop_button_ends_a_stream(lone: Alone) -> None:
    stream = lone.stream(lone.ask())
    await stream.add(LONG)
    lone.slack.as_user("U1").stop("C1", stream.ts)
    with pytest.raises(StoppedByUser):
        await stream.add(LONG)
    await stream.halt()
    assert lone.said()[0]["streaming_state"] == "completed"


async def test_an_answer_can_be_replaced_in_its_own_message(lone: Alone) -> None:
    stream = lone.stream(lone.ask())
    await stream.add(LONG)
    await stream.replace("Something else.")
    assert lone.shown() == ["Something else."]


async def test_a_message_that_an_earlier_run_began_is_taken_over(lone: Alone) -> None:
    question = lone.ask()
    await lone.stream(question).add(LONG)
    stream = lone.stream(question)
    await stream.adopt(lone.said()[0]["ts"])
    await stream.add("27 days.")
    await stream.finish()
    assert lone.shown() == ["27 days."]


async def test_a_message_of_an_earlier_run_that_is_gone_is_written_anew(lone: Alone) -> None:
    question = lone.ask()
    stream = lone.stream(question)
    await stream.adopt("1600000000.000100")
    await stream.add("27 days.")
    await stream.finish()
    assert lone.shown() == ["27 days."]


async def test_what_was_shown_can_be_taken_back(lone: Alone) -> None:
    stream = lone.stream(lone.ask())
    await stream.add(LONG)
    await stream.remove()
    assert lone.said() == []
