"""Examples as a data set holds them, for tests."""

from app.finetune.example import Example, SourceText
from retrieval.prompt import REFUSAL, messages
from retrieval.rewrite import Turn
from tests.passages import passage
from tests.tiny_llama_text import FACTS

QUESTIONS = ("What is the rule for {}?", "How does {} work?", "Can you tell me about {}?", "{}?")


def example(place: int, *, refused: bool = False, before: tuple[Turn, ...] = ()) -> Example:
    """Two sources; the second one answers, unless it is to be refused."""
    first, second = FACTS[place % 40], FACTS[(place + 7) % 40]
    sources = [passage(1, first.answer, title=first.subject), passage(2, second.answer, title=second.subject)]
    asked = FACTS[(place + 20) % 40] if refused else second
    question = QUESTIONS[place % 4].format(asked.subject.lower())
    answer = REFUSAL if refused else f"{second.answer} [2]"
    texts = tuple(SourceText(one.number, one.uri, one.title, one.heading, one.text) for one in sources)
    kind = "refusal" if refused else "follow-up" if before else "answer"
    said = tuple(messages(question, sources, before))
    return Example(f"{place}", kind, said, answer, texts, () if refused else (2,), "template")


def examples(count: int) -> list[Example]:
    """So many, each fifth a refusal."""
    return [example(place, refused=place % 5 == 0) for place in range(count)]
