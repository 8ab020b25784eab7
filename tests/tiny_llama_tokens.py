"""A tokenizer and chat template that differ from app/finetune/byte_level.py wherever real models differ.

On purpose: code that counts, cuts or streams tokens is tried on both habits.
"""

import json
from collections.abc import Sequence

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

NARROW_TEMPLATE = (
    "{%- set first = 1 if messages and messages[0]['role'] == 'system' else 0 -%}"
    "{%- for message in messages -%}"
    "{%- set expected = 'user' if loop.index0 % 2 == first else 'assistant' -%}"
    "{%- if message['role'] == 'system' and not loop.first -%}"
    "{{- raise_exception('A system message may only stand first.') -}}"
    "{%- elif message['role'] != 'system' and message['role'] != expected -%}"
    "{{- raise_exception('User and assistant must take turns, the user first.') -}}"
    "{%- elif message['role'] == 'assistant' -%}"
    "{{- ' ' + message['content'] | trim + eos_token -}}"
    "{%- elif message['role'] == 'user' -%}"
    "{{- bos_token + '[ask] ' -}}"
    "{%- if loop.index0 == 1 and first == 1 -%}{{- messages[0]['content'] | trim + '\\n\\n' -}}{%- endif -%}"
    "{{- message['content'] | trim + ' [answer]' -}}"
    "{%- endif -%}"
    "{%- endfor -%}"
)


def metaspace_tokenizer(texts: Sequence[str], *, window: int) -> PreTrainedTokenizerFast:
    """BPE in the manner of SentencePiece: blanks are letters, unknown letters are spelled in bytes."""
    specials = ["<unk>", "<s>", "</s>"]
    spelled = [f"<0x{byte:02X}>" for byte in range(256)]
    draft = Tokenizer(models.BPE(unk_token="<unk>"))
    draft.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=1200, special_tokens=specials + spelled, show_progress=False)
    # Line ends stay out of the vocabulary, so they are spelled in bytes as real models do.
    draft.train_from_iterator((line for text in texts for line in text.splitlines()), trainer)
    learned = json.loads(draft.to_str())["model"]
    # The trainer made the bytes special, which would turn "<0x0A>" typed by a user into
    # a line end; a model made anew from the same vocabulary holds them as ordinary entries.
    tokenizer = Tokenizer(
        models.BPE(
            vocab=learned["vocab"],
            merges=[(left, right) for left, right in learned["merges"]],
            unk_token="<unk>",
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Sequence(
        [decoders.ByteFallback(), decoders.Metaspace(), decoders.Fuse()],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<unk>",
        chat_template=NARROW_TEMPLATE,
        model_max_length=window,
    )
