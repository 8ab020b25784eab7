import pytest

from ingest.slack_text import clean, file_lines, plain

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
        ("<!date^1700000000^{date} at {time}|14 November> or <tel:+49123|+49 123>", "14 November or +49 123"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&lt;@U0QHANA01&gt; stays", "<@U0QHANA01> stays"),
    ],
)
def test_slacks_markup_becomes_readable(text: str, read: str) -> None:
    assert plain(text, NAMES) == read


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("the token is xoxb-EXAMPLE-1234.", "the token is"),
        ("old: xoxe.xoxp-1-EXAMPLEabc and _XAPP-1-A0EXAMPLE_", "old:  and _"),
        ("xo\u200bxb-EXAMPLE-1234 hidden", "hidden"),
        (
            "https://files.slack.com/files-pri/T1-F1/a.pdf?t=xoxe-EXAMPLE&x=1 here",
            "https://files.slack.com/files-pri/T1-F1/a.pdf here",
        ),
        ("https://slack-files.com/T1-F1-EXAMPLE?pub_secret=EXAMPLE", "https://slack-files.com/T1-F1-EXAMPLE"),
        ("https://a.example/b?t=5", "https://a.example/b?t=5"),
        ("Tokens begin with xoxb-", "Tokens begin with xoxb-"),
    ],
)
def test_what_opens_slack_is_taken_out(text: str, kept: str) -> None:
    assert clean(text) == kept


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ({"title": "Desk plan", "mode": "hosted", "url_private": "https://x?t=xoxe-1"}, "Desk plan"),
        ({"name": "b.pdf", "mode": "snippet"}, "b.pdf"),
        ({"name": "c", "mode": "post"}, "c"),
        ({"name": "c", "mode": "quip"}, "c"),
        ({"id": "F1", "mode": "tombstone"}, "without a name, deleted"),
        ({"name": "c", "mode": "hidden_by_limit"}, "c, hidden by the workspace's plan"),
        ({"name": "c", "mode": "external", "is_external": True}, "c, kept outside Slack"),
        ({"name": "c", "mode": "hosted", "file_access": "access_denied"}, "c, no access"),
        ({"name": "c", "file_access": "file_not_found"}, "c, not found"),
        ({"name": "c", "file_access": "check_file_info"}, "c, of another workspace"),
        ({}, "without a name"),
        ({"name": "", "title": None, "mode": 3}, "without a name"),
    ],
)
def test_a_file_is_named_with_why_it_cannot_be_read_and_never_linked(file: dict[str, object], line: str) -> None:
    assert file_lines({"files": [file, None]}) == [f"(file: {line})"]


def test_two_files_of_one_name_are_both_named() -> None:
    assert file_lines({"files": [{"name": "a.pdf"}] * 2}) == ["(file: a.pdf)"] * 2


def test_the_old_formats_single_file_is_named() -> None:
    assert file_lines({"file": {"name": "b.pdf"}}) == ["(file: b.pdf)"]


@pytest.mark.parametrize("message", [{}, {"files": 7}, {"files": {"a": 1}}, {"file": "b.pdf"}])
def test_files_of_odd_shape_are_none(message: dict[str, object]) -> None:
    assert file_lines(message) == []
