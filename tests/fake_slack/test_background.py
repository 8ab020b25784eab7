"""A fake in its own thread, beside the SDK's clients that are not async."""

import pytest
from slack_sdk import WebClient

from tests.fake_slack import FakeSlack
from tests.fake_slack.background import in_thread
from tests.fake_slack.conftest import company


def test_code_that_is_not_async_talks_to_it_and_acts_in_it() -> None:
    with in_thread(FakeSlack(company())) as running:
        slack = running.slack
        ts = slack.as_user("U1").post("C1", "hello")
        client = WebClient("xoxb-fake", base_url=slack.base_url)
        client.chat_postMessage(channel="C1", text="hello yourself", thread_ts=ts)
        replies = client.conversations_replies(channel="C1", ts=ts)["messages"]
        assert [message["text"] for message in replies] == ["hello", "hello yourself"]
        begun = slack.clock.now()
        running.run(slack.advance(60))
        assert slack.clock.now() == begun + 60
        with pytest.raises(TimeoutError):
            running.until(lambda: False, 0.01)
