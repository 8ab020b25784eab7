from slack_sdk import WebClient

from tests.fake_slack import FakeSlack, Sort
from tests.fake_slack.background import in_thread
from tests.fake_slack.sample import sample_workspace


def test_the_sample_companys_slack_can_be_read_through_the_api() -> None:
    with in_thread(FakeSlack(sample_workspace())) as running:
        client = WebClient("xoxb-fake", base_url=running.slack.base_url)
        assert client.auth_test()["team_id"] == "T0QUILL01"
        assert client.users_lookupByEmail(email="ada.finch@quillmere.example")["user"]["is_admin"]
        listed = client.conversations_list(types="public_channel,private_channel")["channels"]
        assert {"general", "ask-people"} <= {channel["name"] for channel in listed}
        general = next(channel for channel in listed if channel["name"] == "general")
        assert client.conversations_history(channel=general["id"])["messages"]


def test_its_private_channels_stay_private() -> None:
    workspace = sample_workspace()
    assert Sort.PRIVATE in {channel.sort for channel in workspace.channels.values()}
