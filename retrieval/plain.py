"""Making text harmless before it is stored: no HTML, images, link syntax or invisible characters. Pure.

What is stored is what is quoted, so nothing that a front end could draw as a link, an image or markup gets in.
"""

import re
import unicodedata

_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+[\"'(][^\n]*?[\"')])?\s*\)")
_REFERENCE = re.compile(r"^[ >*+-]*\[[^\]\n]+\]:\s+<?[^\s<>]*[:/#][^\s<>]*>?(?:\s+[\"'(].*[\"')])?\s*$", re.MULTILINE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->|<[!@#][a-zA-Z][^<>]*>", re.DOTALL)
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^<>\s]+)>")
_NUMBER = re.compile(r"\[(\s*\d[\d\s,;]*)\]")
_KEPT = frozenset("\n\t")
_NESTED_AT_MOST = 8
_INERT = str.maketrans({"<": "", "[": "("})
# What is still left of markup, such as half a tag or a link around a bracket, is parted by a space.
_OPENING = re.compile(r"<(?=[a-zA-Z/!?@#])|\](?=[(\[])|(?<=\])(?=:)")


def harmless(text: str) -> str:
    """The text without markup that could act; words and their order stay as they are."""
    if not text.replace("\n", "").replace("\t", "").isprintable():  # nearly all texts are
        text = "".join(character for character in text if character in _KEPT or _visible(character))
    for _ in range(_NESTED_AT_MOST):
        before = text
        text = _IMAGE_OR_LINK.sub(r"\1", _AUTOLINK.sub(r"\1", text))
        text = _TAG.sub("", _REFERENCE.sub("", text))
        if text == before:
            break
    else:
        text = text.translate(_INERT)  # nobody nests markup this deep in good faith
    return _OPENING.sub(r"\g<0> ", text)


def storable(text: str) -> str:
    """Harmless, and with `[9]` as `(9)`: in answers and prompts a number in square brackets is a source, and ours."""
    return _NUMBER.sub(r"(\1)", harmless(text))


def folded(text: str) -> str:
    """White space folded to single spaces."""
    return " ".join(text.split())


def _visible(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
