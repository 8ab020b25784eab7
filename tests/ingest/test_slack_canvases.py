from pathlib import Path

from ingest.slack_archive import SlackArchive
from ingest.slack_canvases import canvases_in, read_canvas
from tests.slack_zip import archive


def test_canvases_with_text_are_documents_and_links_are_none(tmp_path: Path) -> None:
    words = {"type": "section", "text": {"type": "mrkdwn", "text": "In blocks"}}
    rows = [
        {"id": "F1", "title": "Rota", "plain_text": "Mondays: <@U1>\n\nkey xoxb-EXAMPLE-1 end"},
        {"id": "F2", "name": "Plan", "url_private": "https://files.slack.example/F2?t=xoxe-1"},
        {"id": "F3", "blocks": [words]},
        {"id": "a/b", "text": "no id"},
        "odd",
    ]
    made = SlackArchive(archive(tmp_path / "a.zip", {"channels.json": "[]", "canvases.json": rows}))
    found = dict(canvases_in(made, "canvases.json", {"U1": "Hana"}))
    made.close()
    assert {name: bool(data) for name, data in found.items()} == {"F1": True, "F2": False, "F3": True, "a/b": False}
    documents = [read_canvas(found[name]) for name in ("F1", "F3")]
    assert [(one.title, [block.text for block in one.sections[0].blocks]) for one in documents] == [
        ("Rota", ["Mondays: @Hana", "key  end"]),
        ("Canvas", ["In blocks"]),
    ]
