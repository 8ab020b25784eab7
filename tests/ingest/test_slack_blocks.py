from ingest.slack_blocks import attachment_texts, blocks_text

NAMES = {"U1": "Hana Okoro", "U2": "Sam Whitlock", "C1": "travel"}


def rich(*elements: object) -> dict[str, object]:
    return {"type": "rich_text", "elements": list(elements)}


def section(*elements: object) -> dict[str, object]:
    return {"type": "rich_text_section", "elements": list(elements)}


def words(text: str) -> dict[str, object]:
    return {"type": "text", "text": text, "style": {"bold": True}}


def test_a_rich_text_is_read_as_it_is_drawn() -> None:
    line = section(
        {"type": "user", "user_id": "U1"},
        words(" is on duty in "),
        {"type": "channel", "channel_id": "C1"},
        words(" "),
        {"type": "emoji", "name": "tada"},
        words(", see "),
        {"type": "link", "url": "https://a.example", "text": "the plan"},
        words(" or "),
        {"type": "link", "url": "https://b.example"},
        {"type": "broadcast", "range": "here"},
    )
    assert blocks_text([rich(line)], NAMES) == (
        "@Hana Okoro is on duty in #travel :tada:, see the plan or https://b.example@here"
    )


def test_lists_quotes_and_code_stand_on_lines_of_their_own() -> None:
    listed = {"type": "rich_text_list", "elements": [section(words("one")), section(words("two"))]}
    quote = {"type": "rich_text_quote", "elements": [words("said "), words("so")]}
    code = {"type": "rich_text_preformatted", "elements": [words("x = 1")]}
    assert blocks_text([rich(section(words("Do:")), listed, quote, code)], NAMES) == "Do:\n- one\n- two\nsaid so\nx = 1"


def test_blocks_of_apps_are_read_without_their_buttons() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Travel"}},
        {"type": "divider"},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "ask <@U2>"},
            "accessory": {"type": "button", "text": "Go"},
        },
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Limit*"}, {"type": "plain_text", "text": "120"}]},
        {
            "type": "context",
            "elements": [{"type": "image", "alt_text": "logo"}, {"type": "mrkdwn", "text": "since May"}],
        },
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Approve"}}]},
        {"type": "image", "title": {"type": "plain_text", "text": "Map"}, "alt_text": "A map"},
        {"type": "markdown", "text": "**Note**"},
    ]
    assert blocks_text(blocks, NAMES).split("\n") == [
        "Travel",
        "ask @Sam Whitlock",
        "*Limit*",
        "120",
        "logo since May",
        "Map",
        "**Note**",
    ]


def test_a_table_is_read_row_by_row() -> None:
    table = {
        "type": "table",
        "rows": [[rich(section(words(cell))) for cell in row] for row in (("City", "Limit"), ("Bern", "180"))],
    }
    assert blocks_text([table], NAMES) == "City | Limit\nBern | 180"


def test_unknown_blocks_give_what_they_hold_and_odd_ones_nothing() -> None:
    assert blocks_text([{"type": "newer", "elements": [words("still read")]}, None, 3, "x", {}], NAMES) == "still read"
    assert blocks_text({"type": "section"}, NAMES) == ""


def test_blocks_nested_without_end_are_cut_off() -> None:
    nested: dict[str, object] = words("deep")
    for _ in range(500):
        nested = {"type": "section", "elements": [nested]}
    assert blocks_text([nested, words("flat")], NAMES) == "flat"


def attached(*attachments: object, said: bool = False) -> list[str]:
    return attachment_texts({"attachments": list(attachments)}, NAMES, said=said)


def test_an_apps_attachment_is_read() -> None:
    one = {
        "pretext": "New:",
        "title": "Ticket 7",
        "text": "by <@U1>",
        "fields": [{"title": "State", "value": "open"}],
        "fallback": "x",
    }
    assert attached(one, {"fallback": "only this"}, said=True) == [
        "New:\nTicket 7\nby @Hana Okoro\nState: open",
        "only this",
    ]
    assert attached({"blocks": [words("in blocks")]}) == ["in blocks"]


def test_the_preview_of_a_link_is_read_only_where_nothing_else_is_said() -> None:
    preview = {"from_url": "https://a.example", "title": "A page", "text": "about travel"}
    assert (attached(preview, said=True), attached(preview, said=False)) == ([], ["A page\nabout travel"])


def test_a_message_shared_from_elsewhere_is_never_read() -> None:
    """It may come from a private channel, and would be open to whoever reads this one."""
    shared = {"is_msg_unfurl": True, "from_url": "https://x.slack.example/archives/G1/p1", "text": "salaries"}
    assert attached(shared, {"is_share": True, "text": "salaries"}) == []


def test_attachments_of_odd_shape_are_none() -> None:
    assert (attached(None, 3, {}), attachment_texts({"attachments": {"a": 1}}, NAMES, said=False)) == ([], [])
    assert attached({"text": "t", "fields": ["x", {"title": None}]}) == ["t\n:"]
