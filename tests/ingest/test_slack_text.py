import pytest

from ingest.slack_text import message_text, plain

NAMES = {"U0QHANA01": "Hana Okoro", "U0QSAM": "Sam Whitlock"}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<@U0QHANA01> and <@U0QSAM>, please", "@Hana Okoro and @Sam Whitlock, please"),
        ("<@U0GONE|old name> or <@U0GONE2>", "@old name or @someone"),
        ("see <#C0QIT|it-help> or <#C0X>", "see #it-help or #channel"),
        ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("<!subteam^S123|@people-team> on duty", "@people-team on duty"),
        ("<https://a.example/x|the policy> or <https://b.example>", "the policy or https://b.example"),
        (
            "write to <mailto:hana@x.example|hana@x.example> or <mailto:sam@x.example>",
            "write to hana@x.example or sam@x.example",
        ),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&lt;@U0QHANA01&gt; stays", "<@U0QHANA01> stays"),
    ],
)
def test_slacks_markup_becomes_readable(text: str, read: str) -> None:
    assert plain(text, NAMES) == read


def test_attached_files_are_named_and_never_linked() -> None:
    files = [
        {"title": "Desk plan", "url_private": "https://files.slack.example/x?t=xoxe-1"},
        {"name": "b.pdf", "url_private_download": "https://files.slack.example/y?t=xoxe-2"},
    ]
    assert message_text({"text": "Here:", "files": files}, NAMES) == "Here:\n(file: Desk plan)\n(file: b.pdf)"


def test_the_old_formats_single_file_is_named() -> None:
    assert message_text({"text": "", "file": {"name": "b.pdf"}}, NAMES) == "(file: b.pdf)"


def test_blocks_speak_where_the_text_is_empty() -> None:
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "user", "user_id": "U0QHANA01"},
            {"type": "text", "text": "is on duty"},
            {"type": "emoji", "name": "tada"},
            {"type": "link", "url": "https://a.example", "text": "plan"},
        ],
    }
    markdown = {"type": "section", "text": {"type": "mrkdwn", "text": "ask <@U0QSAM>"}}
    blocks = [{"type": "rich_text", "elements": [section]}, markdown]
    assert message_text({"text": "", "blocks": blocks}, NAMES) == "@Hana Okoro is on duty :tada: plan ask @Sam Whitlock"


def test_text_and_blocks_are_not_said_twice() -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]
    assert message_text({"text": "Hello", "blocks": blocks}, NAMES) == "Hello"


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": None},
        {"text": 3},
        {"text": "", "files": 7},
        {"text": "", "files": {"a": 1}},
        {"blocks": [None, 3, "x"]},
    ],
)
def test_a_message_of_odd_shape_says_nothing(message: dict[str, object]) -> None:
    assert message_text(message, NAMES) == ""
