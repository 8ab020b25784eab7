from dataclasses import replace

from app.finetune.example import Example, SourceText
from app.finetune.masking import ADDRESS, NAME, Masking, Somebody
from ingest.sensitive import hidden
from retrieval.prompt import Message

MASKING = Masking(
    [Somebody("Hana Okoro", "hana.okoro@x.example"), Somebody("May Leeds", "may@x.example")],
    lambda text: hidden(text)[0],
)


def example(text: str, answer: str = "Yes. [1]", question: str = "Who?") -> Example:
    said = (Message("user", f"Sources:\n\n[1] Page\n{text}"), Message("user", question))
    return Example("a", "answer", said, answer, (SourceText(1, "a.md", "Page", "", text),), (1,), "file")


def test_a_name_and_an_address_become_marks_everywhere_alike() -> None:
    text = "Ask Hana Okoro or write to Hana.Okoro@x.example. Okoro, Hana is away on Friday."
    masked = MASKING.masked(example(text, f"{text} [1]"))
    hidden_text = f"Ask {NAME} or write to {ADDRESS}. {NAME} is away on Friday."
    assert masked.passages[0].text == hidden_text
    assert masked.answer == f"{hidden_text} [1]"
    assert masked.messages[0].text.endswith(hidden_text)


def test_a_first_name_is_hidden_where_the_whole_name_stands_in_the_same_example() -> None:
    masked = MASKING.masked(example("Hana Okoro repairs bicycles.", question="Is Hana there on Tuesday?"))
    assert masked.question == f"Is {NAME} there on Tuesday?"


def test_words_that_are_also_names_stay_where_nobody_is_meant() -> None:
    assert (
        MASKING.masked(example("The Leeds office opens in May.")).passages[0].text == "The Leeds office opens in May."
    )


def test_accounts_and_cards_are_hidden_whatever_the_home_keeps() -> None:
    masked = MASKING.masked(example("Pay to GB33BUKB20201555555555 at once."))
    assert masked.passages[0].text == "Pay to [hidden: bank account] at once."


def test_what_holds_nothing_personal_is_unchanged() -> None:
    plain = example("The guard is downstairs.")
    assert MASKING.masked(plain) == replace(plain)
