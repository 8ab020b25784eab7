"""What the fake's own tests share: a small company, and the bot's clients."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack, Rank, Sort, Workspace


@pytest.fixture
def anyio_backend() -> str:
    """Only asyncio: the SDK knows no other."""
    return "asyncio"


def company() -> Workspace:
    """Ann and Ben are members, Gil is a guest, Sue belongs to another company; the bot is in two of three channels."""
    workspace = Workspace()
    workspace.add_user("U1", "ann", "ann@example.test", real_name="Ann")
    workspace.add_user("U2", "ben", "ben@example.test", real_name="Ben")
    workspace.add_user("U3", "gil", "gil@example.test", Rank.GUEST)
    workspace.add_user("U4", "sue", "sue@elsewhere.test", Rank.STRANGER)
    workspace.add_channel("C1", "general", ["U1", "U2", "UBOT"])
    workspace.add_channel("C2", "private", ["U1", "UBOT"], Sort.PRIVATE)
    workspace.add_channel("C3", "elsewhere", ["U1"])
    workspace.add_usergroup("S1", "people-team", ["U1", "U2"])
    return workspace


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """The company's Slack, running."""
    async with FakeSlack(company()) as running:
        yield running


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    """The SDK with the bot's token."""
    return AsyncWebClient("xoxb-fake", base_url=slack.base_url)
