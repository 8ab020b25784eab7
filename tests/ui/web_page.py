"""What tests of the web page share: opening it in Streamlit's AppTest, asking, clicking, reading."""

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

PAGE = Path(__file__).parent.parent.parent / "ui" / "web.py"
HANA, SAM = "hana.okoro@quillmere.example", "sam.whitlock@quillmere.example"
HOTEL = "What is the hotel cap in Lisbon?"
HOTEL_LINE = "130 EUR"
SALARY = "What can a G5 in Leeds earn at the least and at the most?"
OPEN_PAGE = Callable[..., AppTest]
STEPS = {"Edit", "Delete", "Retry", "Ask HR", "Quote instead"}


def ask(at: AppTest, question: str) -> AppTest:
    return at.chat_input[0].set_value(question).run()


def button(at: AppTest, label: str) -> AppTest:
    """Click the button whose label begins so."""
    return next(one for one in at.button if one.label.startswith(label)).click().run()


def labels(at: AppTest) -> list[str]:
    """The buttons of the page, without the sidebar's, the steps at each message and the suggested questions."""
    suggested = {one.label for one in at.main.button if (one.key or "").startswith("suggestions-")}
    return [one.label for one in at.main.button if one.label not in STEPS | suggested]


def shown(at: AppTest) -> str:
    """Everything that the page says."""
    return "\n".join(str(one.value) for one in [*at.markdown, *at.caption, *at.error, *at.warning, *at.info])


def conversation_of(at: AppTest) -> str:
    found = at.query_params["conversation"]
    return found if isinstance(found, str) else found[0]
