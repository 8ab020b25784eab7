"""Passages that speak to a language model instead of to people. Pure.

They are pointed out and never quoted; retrieved text stays data, whatever it says. The patterns are few and look for
what no handbook says to its readers; an attack that reads like an ordinary request or question is not found here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.concern import Concern
from retrieval.document import Document
from retrieval.plain import folded

KIND = "speaks to a language model"
_EXCERPT = 120  # characters
_BEFORE = 60  # of the same sentence
_BETWEEN = " .!?:;\n"  # sentences

_TOLD = r"(?:direction|guideline|instruction|prompt|rule)s?"
_MODEL = (
    r"(?:a\.?i\.?|artificial\s+intelligence|(?:large\s+)?language\s+model|llm|gpt|chat\s?gpt|claude|llama|gemini|"
    r"copilot|chat\s?bot|virtual\s+assistant)s?"
)
_SOME = r"(?:[\w'’-]+\s+)"
_IMPERATIVES = (
    r"(?:add|append|augment|begin|encode|encrypt|end|enhance|express|finish|format|include|incorporate|insert|"
    r"integrate|mention|modify|output|prefix|provide|put|replace|start|suggest|translate|use)"
)
_REPLY = r"(?:answer|output|reply|response)"


@dataclass(frozen=True, slots=True)
class _Form:
    """A way of speaking to a model. Where none of the `words` stands, the slower pattern is not tried."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]


def _form(words: Sequence[str], *patterns: str) -> _Form:
    return _Form(tuple(words), re.compile("|".join(patterns), re.IGNORECASE))


_FORMS = (
    _form(
        ("ignore", "disregard", "forget"),
        rf"(?<!not[ ])(?<!n['’]t[ ])(?<!never[ ])\b(?:disregard|forget|ignore)\s+{_SOME}{{0,3}}?"
        rf"(?:above|all|earlier|initial|original|preceding|previous|prior|system|your)\s+{_SOME}{{0,2}}?{_TOLD}\b",
        r"\b(?:ignore|disregard|forget)\s+(?:all|anything|everything)\s+(?:that\s+)?"
        r"(?:above|before|said|(?:you\s+)?(?:have\s+been|were)\s+told)\b",
    ),
    _form(
        ("you are now", "from now on", "as if you were", "pretend to be", "act as a", "jailbreak"),
        rf"\byou\s+are\s+now\s+(?:in\s+)?(?:an?\s+|the\s+)?{_SOME}{{0,3}}?(?:assistant|dan|{_MODEL}|mode|unrestricted)\b",
        r"\bfrom\s+now\s+on,?\s+(?:you\s+(?:must|should|will)\s+)?(?:answer|pretend|reply|respond)\b",
        rf"\b(?:act\s+as|as\s+if\s+you\s+were|pretend\s+to\s+be)\s+an?\s+{_SOME}{{0,3}}?(?:{_MODEL}|jailbroken)\b",
    ),
    _form(
        (" ai", " a.i", "language model", "llm", "gpt", "claude", "llama", "gemini", "copilot", "chatbot", "assistant"),
        rf"\byou\s+are\s+(?:an?|the)\s+{_SOME}{{0,3}}?{_MODEL}(?:\s+(?:assistant|model))?\s*[.,:;!]",
        rf"\bif\s+you\s+are\s+(?:an?|the)\s+{_SOME}{{0,3}}?{_MODEL}\b",
        rf"\bas\s+an?\s+{_MODEL}(?:\s+(?:assistant|model))?,?\s+you\b",
        rf"(?:^|[.!?\n]\s{{0,9}})(?:attention|dear|hello|hey|(?:instructions?|message|note)\s+(?:for|to))"
        rf"[\s,:]+(?:all\s+|any\s+|the\s+)?(?:{_MODEL}|assistant)(?:\s+(?:assistant|model|reader|system)s?)?\s*[:,!]",
    ),
    _form(
        ("prompt", "instructions"),
        rf"\b(?:display|leak|output|print|repeat|reveal|send|show|tell)\s+{_SOME}{{0,4}}?"
        rf"(?:system\s+(?:prompt|message|instructions)|(?:hidden|your)\s+(?:initial\s+)?(?:prompt|instructions))\b",
        r"\bsystem\s+prompt\s*[:=]",
        r"\b(?:begin|end|start)\s+(?:of\s+)?(?:system|hidden|secret)\s+(?:instructions|prompt)\b",
    ),
    _form(
        ("im_start", "im_end", "|>", "inst]", "system:", "assistant:"),
        r"<?\|(?:im_start|im_end|system|assistant|user|endoftext|start_header_id|end_header_id|eot_id)\|>?|\[/?INST\]",
        r"(?:^|[.!?\n])\W{0,5}(?:assistant|system)\s*:\s*(?:from\s+now|ignore|you\s+(?:are|must|should|will))\b",
    ),
    _form(
        ("the user", "the asker", "the human"),
        r"\b(?:do\s+not|don['’]?t|never|without)\s+(?:alert|inform|mention|reveal|tell|warn)(?:ing)?\s+"
        r"(?:(?:it|that|this)\s+to\s+)?the\s+(?:asker|human|user)s?\b",
        r"\b(?:if|when|whenever)\s+the\s+(?:asker|human|user)s?\s+asks?\b[^.\n]{0,80}?\b(?:answer|reply|respond|say)\b",
    ),
    _form(
        ("your answer", "your output", "your reply", "your response"),
        rf"(?:^|[.!?:;\n]\s{{0,9}}|\bplease\s+){_IMPERATIVES}\b(?:[^.!?\n]|[.!?](?!\s)){{0,150}}?\byour\s+{_REPLY}s?\b",
        rf"(?:^|[.!?:;\n]\s{{0,9}})in\s+your\s+{_REPLY}s?,?\s+(?:also\s+)?{_IMPERATIVES}\b",
    ),
    _form(  # German, French, Spanish, Portuguese, Italian, Dutch, Polish
        (
            "ignor",
            "vergiss",
            "vergessen",
            "oublie",
            "olvid",
            "esque",
            "desconsidere",
            "dimentica",
            "negeer",
            "vergeet",
            "zapomnij",
        ),
        rf"\b(?:ignorier\w*|vergiss|vergessen\s+sie)\s+{_SOME}{{0,3}}?(?:bisherig|früher|obig|vorangegangen|vorherig|vorig)"
        rf"\w*\s+{_SOME}{{0,2}}?(?:anweisung|befehl|instruktion|regel|vorgabe)",
        rf"\b(?:ignore[rz]?|oublie[rz]?)\s+{_SOME}{{0,3}}?(?:consigne|directive|instruction|règle)s?\s+(?:antérieur|ci-dessus|"
        rf"précédent)",
        rf"\b(?:desconsidere|dimentica|esque[cç]a|ignor[ae]r?|olvid[ae])\s+{_SOME}{{0,3}}?(?:instruccion|instruç|istruzion|"
        rf"regl|regol|regra)\w*\s+(?:acima|anterior|precedent|previ|prévi)",
        rf"\b(?:negeer|vergeet)\s+{_SOME}{{0,3}}?(?:bovenstaande|eerdere|voorgaande|vorige)\s+{_SOME}{{0,2}}?(?:aanwijzing|"
        rf"instructie|opdracht|regel)",
        rf"\b(?:z?ignoruj|zapomnij)\s+{_SOME}{{0,3}}?(?:poprzednie|powyższe|wcześniejsze)\s+{_SOME}{{0,2}}?(?:instrukcje|"
        rf"polecenia|zasady)",
    ),
)


def instructions(document: Document) -> Concern | None:
    """How many passages speak to a model, and how the first one begins; nothing where there is none."""
    texts = list(_texts(document))
    whole = "\n".join(texts).lower()
    forms = [form for form in _FORMS if any(word in whole for word in form.words)]
    found = [excerpt for text in texts if (excerpt := _excerpt(text, forms))]
    return Concern(KIND, len(found), found[0]) if found else None


def speaks_to_model(text: str) -> bool:
    """Whether a sentence or passage speaks to a language model."""
    return bool(_excerpt(text, list(_FORMS)))


def _texts(document: Document) -> Iterator[str]:
    yield document.title
    for section in document.sections:
        yield from section.heading_path[-1:]
        for block in section.blocks:
            yield block.text


def _excerpt(text: str, forms: list[_Form]) -> str:
    """Where the first such sentence begins; empty where there is none."""
    lower = text.lower()
    matches = (form.pattern.search(text) for form in forms if any(word in lower for word in form.words))
    start = min((match.end() - len(match.group().lstrip(_BETWEEN)) for match in matches if match), default=None)
    if start is None:
        return ""
    before = max(0, start - _BEFORE)
    sentence = max(text.rfind(mark, before, start) for mark in (". ", "! ", "? ", "\n"))
    begin = sentence + 2 if sentence >= 0 else start if before else 0
    return folded(text[begin : begin + _EXCERPT])
