"""Recipes of small Llamas: read from TOML, refused with what was expected."""

from pathlib import Path

import pytest

from app.finetune.recipe import Recipe, read_recipe
from retrieval.errors import Unusable


def test_what_a_recipe_does_not_say_is_the_default(tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text('hidden = 64\nlearn = "spoken"\n')
    assert read_recipe(file) == Recipe(hidden=64, learn="spoken")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hiden = 64", "unknown 'hiden'. Known are: batch, bfloat16"),
        ('hidden = "64"', "hidden = '64': int was expected"),
        ("layers = 0", "layers is 0: at least 1 was expected"),
        ("hidden = 100\nheads = 3", "an even part of hidden for each head"),
        ('learn = "all"', "learn is 'all': answers, prompts or spoken was expected"),
        ("hidden =", "cannot be read"),
    ],
    ids=["unknown name", "wrong kind", "no layer", "heads that do not divide", "unknown choice", "no TOML"],
)
def test_a_recipe_that_fits_no_model_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text(text)
    with pytest.raises(Unusable, match=told):
        read_recipe(file)


def test_the_recipe_of_the_small_llama_is_one() -> None:
    assert read_recipe(Path("data/small_llama/recipe.toml")).learn == "spoken"
