"""Whether a message looks like a question, by its form alone. Pure.

English, German, French, Spanish, Portuguese and Italian are known.
In doubt a message in a channel is no question: nobody asked us there by name.
"""

import re

_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_FEWEST_WORDS = 3
_ASKING = """
how what when where which who whom whose why can could may must should shall do does did is are am was were will
would has have
wie was wann wo welche welcher welches wer wen wem wessen warum wieso weshalb darf kann muss soll gibt gilt
comment quel quelle quels quelles quand où qui pourquoi combien puis peut
cómo como qué cuál cuáles cuándo dónde quién por cuánto cuántos puedo puede hay
quanto quantos quantas quando onde quem qual quais posso pode
come cosa quando dove chi quale quali perché quanti quante posso può
"""
_TALKING = """
thanks thank you thx ty cheers great perfect nice cool ok okay k got it good super awesome lovely noted done
yes no yep nope sure right exactly agreed so much very many that helps a lot i see
danke schön sehr vielen dank prima alles klar gut ja nein genau
merci beaucoup parfait oui non
gracias muchas perfecto vale sí
obrigado obrigada muito perfeito sim não
grazie mille perfetto sì
lol haha hehe
"""
_ASKS = frozenset(_ASKING.split())
_TALK = frozenset(_TALKING.split())


def is_question(text: str) -> bool:
    """Whether this looks like a question to whoever knows."""
    words = [word.lower() for word in _WORDS.findall(text)]
    if len(words) < _FEWEST_WORDS:
        return False
    return any(line.rstrip().endswith(("?", "？")) for line in text.splitlines()) or (
        words[0] in _ASKS and not text.rstrip().endswith(("!", "."))
    )


def is_talk(text: str) -> bool:
    """Whether this only thanks, agrees or laughs."""
    words = [word.lower() for word in _WORDS.findall(text)]
    return "?" not in text and all(word in _TALK for word in words)
