"""What came of a click is said once, on the page that is drawn next."""

from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from app.client import Unanswered
    from ui.screens.admin.acting import act, act_on_typed, draw_heading

    def refuse() -> str:
        raise Unanswered("No: *busy*", 503)

    def be_unknown() -> str:
        raise Unanswered("Who are you?", 401)

    draw_heading("A page")
    st.button("work", on_click=act, args=(lambda: "Done.",))
    st.button("refused", on_click=act, args=(refuse,))
    st.button("unknown", on_click=act, args=(be_unknown,))
    words = st.text_input("words")
    if st.button("say"):
        act_on_typed(lambda: f"You typed {words}.", "" if words else "Type something.")


def click(at: AppTest, label: str) -> AppTest:
    return next(one for one in at.button if one.label == label).click().run()


def test_a_success_is_said_once() -> None:
    at = click(AppTest.from_function(_page).run(), "work")
    assert at.success[0].value == "Done."
    assert not at.run().success


def test_a_refusal_is_said_as_plain_text() -> None:
    assert click(AppTest.from_function(_page).run(), "refused").error[0].value == "No\\: \\*busy\\*"


def test_what_is_typed_when_the_button_is_clicked_counts() -> None:
    at = AppTest.from_function(_page).run()
    assert click(at, "say").error[0].value == "Type something."
    at.text_input[0].set_value("hello")  # a browser sends the words and the click together
    assert click(at, "say").success[0].value == "You typed hello."


def test_a_session_that_is_over_is_not_taken_for_a_refusal() -> None:
    assert click(AppTest.from_function(_page).run(), "unknown").exception
