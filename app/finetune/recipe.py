"""What decides how a small Llama that is trained from scratch comes out; read from a TOML file."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from retrieval.errors import Unusable


@dataclass(frozen=True, slots=True)
class Recipe:
    """Sizes in units or tokens; `steps` 0 means each example once.

    `learn` says what counts: answers, prompts (sources and questions), or both. Plain text counts whole.
    """

    window: int = 2048
    hidden: int = 128
    layers: int = 4
    heads: int = 4
    key_value_heads: int = 2
    vocabulary: int = 2000
    steps: int = 0
    batch: int = 16
    seed: int = 7
    peak_rate: float = 3e-3
    learn: Literal["answers", "prompts", "spoken"] = "answers"
    bfloat16: bool = False

    def __post_init__(self) -> None:
        for name in ("window", "hidden", "layers", "heads", "key_value_heads", "vocabulary", "batch"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}: at least 1 was expected")
        if self.hidden % (2 * self.heads) or self.heads % self.key_value_heads:
            raise ValueError(
                f"hidden {self.hidden}, heads {self.heads} and key_value_heads {self.key_value_heads}: an even part of "
                "hidden for each head and a whole number of heads for each key were expected"
            )
        if self.learn not in ("answers", "prompts", "spoken"):
            raise ValueError(f"learn is {self.learn!r}: answers, prompts or spoken was expected")


def read_recipe(file: Path) -> Recipe:
    """The recipe of a TOML file.

    Raises:
        Unusable: it cannot be read, has an unknown name in it, or a value that fits no model.
    """
    try:
        stated = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise Unusable(f"The recipe {file} cannot be read: {exc}") from exc
    known = {field.name: type(field.default) for field in fields(Recipe)}
    for name, value in stated.items():
        if name not in known:
            raise Unusable(f"The recipe {file} has an unknown {name!r}. Known are: {', '.join(sorted(known))}")
        if type(value) is not known[name]:
            raise Unusable(f"The recipe {file} has {name} = {value!r}: {known[name].__name__} was expected")
    try:
        return Recipe(**stated)
    except ValueError as exc:
        raise Unusable(f"The recipe {file} fits no model: {exc}") from exc
