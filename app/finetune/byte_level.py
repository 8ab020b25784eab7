"""A tokenizer of one's own in the manner of Llama 3, learned from texts; its chat template takes any roles."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

BEGIN, PADDING, START, TEXT, END = "<|begin|>", "<|pad|>", "<|start|>", "<|text|>", "<|end|>"
TEMPLATE = (
    "{{- bos_token -}}"
    "{%- for message in messages -%}"
    "{{- '<|start|>' + message['role'] + '<|text|>' + message['content'] | trim + '<|end|>' -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|start|>assistant<|text|>' -}}{%- endif -%}"
)


def byte_level_tokenizer(texts: Iterable[str], vocabulary: int, window: int) -> "PreTrainedTokenizerFast":
    """Byte-level BPE: each joint of the template is one special token, and no text is unknown."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[BEGIN, PADDING, START, TEXT, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    # Plain encoding adds <|begin|> and the template writes it too, as with Llama 3:
    # whoever encodes a rendered prompt has to switch one of them off.
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A",
        pair=f"{BEGIN} $A {BEGIN} $B:1",
        special_tokens=[(BEGIN, tokenizer.token_to_id(BEGIN))],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BEGIN,
        eos_token=END,
        pad_token=PADDING,
        additional_special_tokens=[START, TEXT],
        chat_template=TEMPLATE,
        model_max_length=window,
    )
