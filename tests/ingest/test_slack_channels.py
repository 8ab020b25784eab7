from collections.abc import Mapping, Sequence

import pytest

from ingest.slack_archive import Area
from ingest.slack_channels import Channel, channels_in
from retrieval.access import Audience
from tests.slack_zip import GENERAL, PRIVATE

Listed = Sequence[Mapping[str, object]]
STAFF = Audience("group:staff")


def area(*folders: str, workspace: str = "") -> Area:
    return Area(workspace, {}, {folder: [f"{workspace}{folder}/2026-01-05.json"] for folder in folders}, {})


def found(*folders: str, **records: Listed) -> dict[str, Channel]:
    return {one.id: one for one in channels_in([(area(*folders), of_files(records))])}


def of_files(records: Mapping[str, Listed]) -> dict[str, Listed]:
    return {f"{name}.json": listed for name, listed in records.items()}


def readers(channel: Channel) -> str:
    return channel.audience("T1", STAFF).id


def test_each_kind_of_conversation_has_its_folder_and_its_readers() -> None:
    made = found(
        *("general", "people-team", "D1", "mpdm-hana--sam-1"),
        channels=[GENERAL],
        groups=[PRIVATE],
        dms=[{"id": "D1", "members": ["U1", "U2"]}],
        mpims=[{"id": "G2", "name": "mpdm-hana--sam-1", "members": ["U1", "U2"]}],
    )
    assert {one.id: (one.days, readers(one)) for one in made.values()} == {
        "C1": (("general/2026-01-05.json",), "group:staff"),
        "G1": (("people-team/2026-01-05.json",), "slack:T1/G1"),
        "G2": (("mpdm-hana--sam-1/2026-01-05.json",), "slack:T1/G2"),
        "D1": (("D1/2026-01-05.json",), "slack:T1/D1"),
    }


def test_a_record_without_a_folder_has_no_days() -> None:
    assert found(channels=[GENERAL])["C1"].days == ()


def test_a_folder_without_a_record_is_for_admins() -> None:
    made = found("general", "mystery", channels=[GENERAL])
    assert (made["mystery"].days, readers(made["mystery"])) == (("mystery/2026-01-05.json",), "group:admins")


@pytest.mark.parametrize("members", [None, 3, "U1"])
def test_a_closed_conversation_whose_members_nobody_tells_is_for_admins(members: object) -> None:
    made = found("people-team", groups=[PRIVATE | {"members": members}])
    assert readers(made["G1"]) == "group:admins"


@pytest.mark.parametrize("mark", ["is_private", "is_im", "is_mpim"])
def test_a_record_that_says_it_is_closed_is_closed_in_whatever_list(mark: str) -> None:
    assert readers(found("general", channels=[GENERAL | {mark: True}])["C1"]) == "slack:T1/C1"


def test_two_conversations_of_one_folder_are_for_admins_and_read_once() -> None:
    """A private channel of the same name as a public one would lie in the public one's folder."""
    made = found("general", channels=[GENERAL], groups=[PRIVATE | {"name": "general"}])
    assert (readers(made["C1"]), made["C1"].days, made["G1"].days) == ("group:admins", ("general/2026-01-05.json",), ())


def test_a_folder_named_after_the_id_belongs_to_the_channel_too() -> None:
    assert found("general", "C1", channels=[GENERAL])["C1"].days == ("C1/2026-01-05.json", "general/2026-01-05.json")


def test_a_channels_former_name_gives_it_no_folder() -> None:
    """Another channel may have had that name since, and a private one among them."""
    made = found("old", channels=[GENERAL | {"previous_names": ["old"]}])
    assert (made["C1"].days, readers(made["old"])) == ((), "group:admins")


def test_names_are_compared_in_one_unicode_form() -> None:
    assert found("bu\u0308ro".replace("u\u0308", "ü"), channels=[{"id": "C1", "name": "bu\u0308ro"}])["C1"].days != ()


def test_one_id_in_two_lists_is_open_only_if_both_are() -> None:
    made = found("general", channels=[GENERAL], groups=[GENERAL | {"members": ["U3"]}])
    assert (readers(made["C1"]), made["C1"].members) == ("slack:T1/C1", ("U1", "U2", "U3"))


@pytest.mark.parametrize(
    "record", [{}, {"id": 3}, {"id": ""}, {"id": "C 1", "name": "general"}, {"id": "a/b", "name": "general"}]
)
def test_a_record_without_a_usable_id_leaves_its_folder_to_admins(record: dict[str, object]) -> None:
    made = found("general", channels=[record])
    assert [(one.id, readers(one)) for one in made.values()] == [("general", "group:admins")]


def test_in_an_organisation_public_channels_are_for_their_members() -> None:
    made = channels_in(
        [
            (area("general"), of_files({"channels": [GENERAL]})),
            (area("general", "x", workspace="ops"), of_files({"channels": [GENERAL | {"members": ["U3"]}]})),
            (area("x", workspace="it"), {}),
        ]
    )
    assert [(one.id, readers(one), one.members, one.days) for one in made] == [
        (
            "C1",
            "slack:T1/C1",
            ("U1", "U2", "U3"),
            ("general/2026-01-05.json", "opsgeneral/2026-01-05.json"),
        ),
        ("ops:x", "group:admins", None, ("opsx/2026-01-05.json",)),
        ("it:x", "group:admins", None, ("itx/2026-01-05.json",)),
    ]
