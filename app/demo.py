"""The demo's home: the invented company, its Slack export and its people. A company's own home never gets these."""

from app import people
from app.bootstrap import DATA, Home
from app.run_terminal import ProgressBar
from app.settings import Settings

BANNER = """\
{line}
DEMO: the invented company Quillmere Instruments. None of its policies is yours.
Its home is {home}
For your own documents: frontdesk ingest FOLDER, then frontdesk up
{line}"""


def banner(settings: Settings) -> str:
    """What says that this is the demo."""
    return BANNER.format(line="=" * 78, home=settings.home)


def fill(settings: Settings) -> None:
    """Ingest the sample company; quick when that has been done before."""
    home = Home(settings)
    for path in (DATA / "company", DATA / "slack" / "export.zip"):
        with ProgressBar() as progress:
            home.ingest(path, "everyone", progress)
    people.replace_all(home.engine, people.read_csv(DATA / "company" / "people.csv"))
    home.engine.dispose()
