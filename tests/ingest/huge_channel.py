"""Goes through everything of a Slack in a process of its own, as a run does before it stores; for test_slack_pass.py.

    python -m tests.ingest.huge_channel API HOME

Prints the threads that were listed and by how many MiB the process grew meanwhile at most.
"""

import sys
from pathlib import Path

from app.bootstrap import Home
from app.settings import Settings
from ingest.reader import read
from ingest.slack_client import SlackClient
from ingest.slack_pace import Pace
from ingest.slack_workspace import SlackWorkspace, Wanted
from ingest.source import Item, Mark


def peak() -> float:
    """MiB of memory that this program ever took; `ru_maxrss` would count who started it."""
    status = Path("/proc/self/status").read_text().split()
    return int(status[status.index("VmHWM:") + 1]) / 2**10


def main(api: str, place: Path) -> None:
    """Each item is let go of before the next one comes, and each mark is noted."""
    home = Home(Settings(home=place))
    source = SlackWorkspace(SlackClient("xoxb-fake", api, Pace(unlimited=True)), home.engine, Wanted("T1"), read)
    threads = 0
    before = peak()
    for one in source.items():
        if isinstance(one, Mark):
            one.reached()
        threads += isinstance(one, Item)
    sys.stdout.write(f"{threads} {peak() - before:.0f}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
