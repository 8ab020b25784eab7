"""Who sees an answer decides what it is made of."""

import pytest

from app.slack_client import Reader
from retrieval.prompt import REFUSAL
from tests.fake_slack import Rank, Sort
from tests.fake_slack.faults import json_error
from tests.ui.slack_alone import Alone
from tests.ui.slack_world import BONUS, LEAVE, World, visible
from ui import slack_words
from ui.slack_readers import Readers, kind_of, reader_of

pytestmark = pytest.mark.anyio
USER = {"id": "U1", "team_id": "T1", "profile": {"email": "ann@example.test"}, "is_email_confirmed": True}


async def ask(here: World, user: str, channel: str, question: str) -> str:
    """What everybody sees of the answer."""
    ts = here.slack.as_user(user).ask(channel, question)
    return visible(await here.answered(channel, ts))


async def test_a_public_channel_sees_public_documents_only(here: World) -> None:
    async with here.bot():
        assert "27 days" in await ask(here, "U1", "C1", LEAVE)
        assert "11 percent" not in await ask(here, "U1", "C1", BONUS)


async def test_a_private_channel_sees_what_each_of_its_members_may_read(here: World) -> None:
    async with here.bot():
        assert "11 percent" in await ask(here, "U1", "C2", BONUS)
        here.slack.admin.invite("C2", "U2")
        await here.settled()
        assert "11 percent" not in await ask(here, "U1", "C2", BONUS)
        here.slack.admin.remove("C2", "U2")
        await here.settled()
        assert "11 percent" in await ask(here, "U1", "C2", BONUS)


async def test_a_channel_that_turns_private_is_answered_for_its_members(here: World) -> None:
    here.slack.workspace.add_channel("C3", "leads", ["U1", "UBOT"])
    async with here.bot():
        assert "11 percent" not in await ask(here, "U1", "C3", BONUS)
        here.slack.admin.convert_private("C3")
        await here.settled()
        assert "11 percent" in await ask(here, "U1", "C3", BONUS)


async def test_a_guest_gets_nothing_that_only_employees_may_read(here: World) -> None:
    async with here.bot():
        answer = await ask(here, "U3", "C4", LEAVE)
    assert "27 days" not in answer
    assert "Annual leave" not in answer


async def test_an_employee_gets_nothing_in_a_public_channel_that_a_guest_reads_and_is_told_privately(
    here: World,
) -> None:
    async with here.bot():
        assert "27 days" not in await ask(here, "U1", "C4", LEAVE)
        await here.until(lambda: here.slack.workspace.ephemerals)
        here.slack.admin.remove("C4", "U3")
        await here.settled()
        assert "27 days" in await ask(here, "U1", "C4", LEAVE)
    (offer,) = here.slack.workspace.ephemerals
    assert (offer["shown_to"], offer["text"]) == ("U1", slack_words.BETTER_IN_PRIVATE)


async def test_an_employee_who_becomes_a_guest_closes_the_channel_at_once(here: World) -> None:
    async with here.bot():
        assert "27 days" in await ask(here, "U1", "C1", LEAVE)
        here.slack.admin.change_user("U2", rank=Rank.GUEST)
        await here.settled()
        assert "27 days" not in await ask(here, "U1", "C1", LEAVE)


async def test_a_stranger_of_another_company_gets_nothing(here: World) -> None:
    here.slack.workspace.channels["C1"].members.append("U4")
    here.slack.admin.share("C1", "T2")
    async with here.bot():
        answer = await ask(here, "U4", "C1", LEAVE)
    assert answer.startswith(REFUSAL)
    assert "27 days" not in answer
    assert "Annual leave" not in answer


async def test_an_employee_gets_nothing_where_another_company_reads_along(here: World) -> None:
    here.slack.workspace.channels["C1"].members.append("U4")
    here.slack.admin.share("C1", "T2")
    async with here.bot():
        assert "27 days" not in await ask(here, "U1", "C1", LEAVE)


async def test_a_direct_message_sees_what_its_author_may_read(here: World) -> None:
    async with here.bot():
        ann, ben = here.slack.as_user("U1").dm(BONUS), here.slack.as_user("U2").dm(BONUS)
        assert "11 percent" in visible(await here.answered("DU1", ann))
        assert "11 percent" not in visible(await here.answered("DU2", ben))


async def test_an_address_that_slack_has_not_confirmed_opens_nothing(here: World) -> None:
    here.slack.workspace.users["U1"].email_confirmed = False
    async with here.bot():
        question = here.slack.as_user("U1").dm(BONUS)
        assert "11 percent" not in visible(await here.answered("DU1", question))


async def test_slack_is_asked_once_in_a_minute(lone: Alone) -> None:
    readers = Readers(lone.calls, "T1")
    first = await readers.of("C2")
    await readers.of("C2")
    assert len(lone.slack.calls("conversations.members")) == 1
    await lone.slack.advance(61)
    assert await readers.of("C2") == first
    assert len(lone.slack.calls("conversations.members")) == 2


async def test_without_guests_nobody_is_asked_who_is_in_a_public_channel(lone: Alone) -> None:
    lone.slack.admin.deactivate_user("U3")
    readers = Readers(lone.calls, "T1")
    for channel in ("C1", "C4"):
        assert (await readers.of(channel)).readers is None
    assert (len(lone.slack.calls("users.list")), lone.slack.calls("conversations.members")) == (1, [])


async def test_of_a_public_channel_the_guests_are_told(lone: Alone) -> None:
    readers = Readers(lone.calls, "T1")
    assert (await readers.of("C1")).readers is None
    assert (await readers.of("C4")).readers == [Reader("U3", guest=True)]


async def test_a_public_channel_whose_members_slack_does_not_tell_is_answered_from_itself(lone: Alone) -> None:
    lone.slack.fail("conversations.members", json_error("fetch_members_failed"))
    seen = await Readers(lone.calls, "T1").of("C1")
    assert (seen.kind, seen.readers) == ("private", None)


async def test_a_large_channel_is_read_from_the_list_of_users(lone: Alone) -> None:
    users = [f"U{number}" for number in range(100, 150)]
    for user in users:
        lone.slack.workspace.add_user(user, user.lower(), f"{user.lower()}@example.test")
    lone.slack.workspace.add_channel("C5", "large", [*users, "U4", "UBOT"], Sort.PRIVATE)
    seen = await Readers(lone.calls, "T1").of("C5")
    assert len(seen.readers or ()) == 52
    assert len(lone.slack.calls("users.info")) <= 1
    assert Reader("U4", stranger=True) in (seen.readers or ())


async def test_a_channel_that_slack_hides_is_private_and_nobody_is_known(lone: Alone) -> None:
    lone.slack.workspace.add_channel("C6", "hidden", ["U1"], Sort.PRIVATE)
    seen = await Readers(lone.calls, "T1").of("C6")
    assert (seen.kind, seen.readers) == ("private", None)


async def test_somebody_whom_slack_does_not_know_is_a_stranger(lone: Alone) -> None:
    assert await Readers(lone.calls, "T1").reader("U77") == Reader("U77", stranger=True)


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, Reader("U1", "ann@example.test")),
        ({"is_email_confirmed": False}, Reader("U1")),
        ({"deleted": True}, Reader("U1")),
        ({"is_restricted": True}, Reader("U1", guest=True)),
        ({"is_ultra_restricted": True}, Reader("U1", guest=True)),
        ({"team_id": "T2"}, Reader("U1", stranger=True)),
        ({"is_stranger": True}, Reader("U1", stranger=True)),
        ({"is_bot": True}, Reader("U1", bot=True)),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T1", "T2"]}}, Reader("U1", "ann@example.test")),
        ({"profile": {}}, Reader("U1")),
    ],
)
def test_only_a_full_living_member_has_an_address(more: dict[str, object], found: Reader) -> None:
    assert reader_of(USER | more, "T1") == found


@pytest.mark.parametrize(
    ("channel", "kind"),
    [
        ({"is_channel": True}, "public"),
        ({"is_im": True}, "direct"),
        ({"is_mpim": True}, "private"),
        ({"is_channel": True, "is_private": True}, "private"),
        ({"is_channel": True, "is_ext_shared": True}, "private"),
        ({"is_channel": True, "is_pending_ext_shared": True}, "private"),
        ({"is_channel": True, "is_org_shared": True}, "private"),
    ],
)
def test_a_channel_is_public_only_where_nobody_from_outside_sees_it(channel: dict[str, object], kind: str) -> None:
    assert kind_of(channel) == kind
