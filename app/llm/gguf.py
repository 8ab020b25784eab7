"""A Llama as one GGUF file, which llama.cpp and its relatives read. Weights in F16 or rounded to Q8_0.

Finer roundings such as Q4_K_M are made from such a file by llama.cpp's own llama-quantize.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.llm.folder import ModelFolder, look_into
from app.llm.weights import require
from retrieval.errors import Unusable

KNOWN = ("F16", "Q8_0")
_LLAMA_3_NUMBERS = "{1,3}"  # stands in the pattern by which Llama 3 cuts words and in no other
_BLOCK = 32  # numbers that share a scale in Q8_0


def write_gguf(folder: Path, file: Path, kind: str = "F16", watch: Callable[[int, int], None] | None = None) -> Path:
    """Write the Llama in a folder to a GGUF file. `watch` hears how many of how many tensors are written.

    Raises:
        Unusable: no Llama, an unknown kind, a tokenizer that the format has no name for, or a missing package.
    """
    if kind not in KNOWN:
        raise Unusable(f"GGUF is written as {' or '.join(KNOWN)}, not as {kind!r}")
    require("gguf", "writing GGUF")
    import gguf

    found = look_into(folder)
    partial = file.with_name(file.name + ".partial")
    writer = gguf.GGUFWriter(partial, "llama")
    _write_config(writer, found, folder.name, kind)
    _write_tokenizer(writer, folder, int(found.config["vocab_size"]))
    _write_weights(writer, found, kind, watch or (lambda *_: None))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return partial.rename(file)


def _write_config(writer: Any, found: ModelFolder, name: str, kind: str) -> None:
    import gguf

    config = found.config
    heads = int(config["num_attention_heads"])
    of_head = int(config.get("head_dim") or config["hidden_size"] // heads)
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    writer.add_name(name)
    writer.add_vocab_size(int(config["vocab_size"]))
    writer.add_context_length(int(config["max_position_embeddings"]))
    writer.add_embedding_length(int(config["hidden_size"]))
    writer.add_block_count(int(config["num_hidden_layers"]))
    writer.add_feed_forward_length(int(config["intermediate_size"]))
    writer.add_head_count(heads)
    writer.add_head_count_kv(int(config.get("num_key_value_heads") or heads))
    writer.add_key_length(of_head)
    writer.add_value_length(of_head)
    writer.add_rope_dimension_count(of_head)
    writer.add_rope_freq_base(_theta(config, rope))
    writer.add_layer_norm_rms_eps(float(config["rms_norm_eps"]))
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0 if kind == "Q8_0" else gguf.LlamaFileType.MOSTLY_F16)
    kind_of_rope = rope.get("rope_type") or rope.get("type") or "default"
    if kind_of_rope == "llama3":
        writer.add_tensor("rope_freqs.weight", _llama_3_factors(rope, _theta(config, rope), of_head))
    elif kind_of_rope != "default":
        raise Unusable(f"GGUF is not written for a Llama with positions of the kind {kind_of_rope!r}")


def _theta(config: dict[str, Any], rope: dict[str, Any]) -> float:
    return float(rope.get("rope_theta") or config.get("rope_theta") or 10_000.0)


def _llama_3_factors(rope: dict[str, Any], theta: float, of_head: int) -> NDArray[np.float32]:
    """What the turning of each pair of numbers is divided by: slow ones by the factor, quick ones by nothing.

    https://arxiv.org/abs/2407.21783, as its authors' code has it.
    """
    factor, before = float(rope["factor"]), float(rope["original_max_position_embeddings"])
    low, high = float(rope["low_freq_factor"]), float(rope["high_freq_factor"])
    lengths = 2 * math.pi * theta ** (np.arange(0, of_head, 2) / of_head)  # (of_head / 2,) tokens of a full turn
    between = (before / lengths - low) / (high - low)
    smooth = 1 / ((1 - between) / factor + between)
    factors = np.where(lengths < before / high, 1.0, np.where(lengths > before / low, factor, smooth))
    return np.asarray(factors, np.float32)


def _write_weights(writer: Any, found: ModelFolder, kind: str, watch: Callable[[int, int], None]) -> None:
    import gguf
    import torch
    from safetensors import safe_open

    config = found.config
    heads = int(config["num_attention_heads"])
    kept = int(config.get("num_key_value_heads") or heads)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, int(config["num_hidden_layers"]))
    done = 0
    for file in sorted(found.path.glob("*.safetensors")):
        with safe_open(file, framework="pt") as weights:
            for name in weights.keys():  # noqa: SIM118 - it is no dict
                target = names.get_name(name, try_suffixes=(".weight", ".bias"))
                if target is None:
                    raise Unusable(f"The model in {found.path} has the weights {name}, which no Llama has")
                tensor = weights.get_tensor(name).to(torch.float32).numpy()
                if name.endswith(("q_proj.weight", "k_proj.weight")):
                    tensor = _turned(tensor, heads if "q_proj" in name else kept)
                _add(writer, target, tensor, kind)
                done += 1
                watch(done, len(found.tensors))


def _turned(weight: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Pairs of numbers that turn together stand half a head apart in transformers, and side by side in llama.cpp."""
    rows = weight.shape[0]
    return weight.reshape(heads, 2, rows // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def _add(writer: Any, name: str, tensor: NDArray[np.float32], kind: str) -> None:
    import gguf

    if tensor.ndim == 1:
        writer.add_tensor(name, tensor)
    elif kind == "Q8_0" and tensor.shape[-1] % _BLOCK == 0:
        quantized = gguf.quants.quantize(tensor, gguf.GGMLQuantizationType.Q8_0)
        writer.add_tensor(name, quantized, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    else:
        writer.add_tensor(name, tensor.astype(np.float16))


def _write_tokenizer(writer: Any, folder: Path, vocabulary: int) -> None:
    from app.llm.template import load_tokenizer

    tokenizer = load_tokenizer(folder)
    told = json.loads(tokenizer.backend_tokenizer.to_str())
    model = told["model"]
    if model.get("type") != "BPE":
        raise Unusable(f"The tokenizer in {folder} is of the kind {model.get('type')!r}: BPE was expected")
    special = {one["id"] for one in told["added_tokens"] if one["special"]}
    by_id = {number: text for text, number in tokenizer.get_vocab().items()}
    merges = [" ".join(pair) if isinstance(pair, list) else pair for pair in model["merges"]]
    if model.get("byte_fallback"):
        _write_spelled(writer, by_id, special, merges, vocabulary, told)
    else:
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(_words_of(told, folder))
        writer.add_token_list([by_id.get(number, f"[PAD{number}]") for number in range(vocabulary)])
        writer.add_token_types([_kind(number, by_id, special) for number in range(vocabulary)])
        writer.add_token_merges(merges)
    for name in ("bos", "eos", "pad"):
        number = getattr(tokenizer, f"{name}_token_id")
        if number is not None:
            getattr(writer, f"add_{name}_token_id")(number)
    writer.add_add_bos_token(False)  # noqa: FBT003 - the template writes it
    if tokenizer.chat_template:
        writer.add_chat_template(tokenizer.chat_template)


def _write_spelled(
    writer: Any, by_id: dict[int, str], special: set[int], merges: list[str], vocabulary: int, told: dict[str, Any]
) -> None:
    """As SentencePiece has it: what merges earlier scores higher, and unknown letters are spelled in bytes."""
    rank = {pair.replace(" ", "", 1): place for place, pair in reversed(list(enumerate(merges)))}
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    texts = [by_id.get(number, f"[PAD{number}]") for number in range(vocabulary)]
    writer.add_token_list(texts)
    writer.add_token_scores([-float(rank.get(text, len(merges))) for text in texts])
    unknown = told["model"].get("unk_token")
    writer.add_token_types([_spelled_kind(number, text, special, unknown) for number, text in enumerate(texts)])
    begins = told.get("pre_tokenizer") or {}
    writer.add_add_space_prefix(begins.get("prepend_scheme", "always") != "never")


def _kind(number: int, by_id: dict[int, str], special: set[int]) -> int:
    from gguf import TokenType

    if number not in by_id:
        return int(TokenType.UNUSED)
    return int(TokenType.CONTROL if number in special else TokenType.NORMAL)


def _spelled_kind(number: int, text: str, special: set[int], unknown: str | None) -> int:
    from gguf import TokenType

    if text == unknown:
        return int(TokenType.UNKNOWN)
    if text.startswith("<0x") and len(text) == len("<0x00>"):
        return int(TokenType.BYTE)
    return int(TokenType.CONTROL if number in special else TokenType.NORMAL)


def _words_of(told: dict[str, Any], folder: Path) -> str:
    """llama.cpp's name for the way in which a byte-level tokenizer cuts words."""
    cutter = told.get("pre_tokenizer") or {}
    if cutter.get("type") == "ByteLevel" and cutter.get("use_regex", True):
        return "gpt-2"
    if _LLAMA_3_NUMBERS in json.dumps(cutter):
        return "llama-bpe"
    raise Unusable(f"The tokenizer in {folder} cuts words in a way that GGUF has no name for that we know")
