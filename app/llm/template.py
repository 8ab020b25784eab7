"""Rendering a conversation with a tokenizer's own chat template, and counting what comes out."""

import logging
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from retrieval.errors import Unusable
from retrieval.prompt import Message

_log = logging.getLogger(__name__)
_HEADERS = ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
# For a Llama 3 without a template of its own, as base models come: the format whose tokens it knows.
_LLAMA_3 = (
    "{{ bos_token or '' }}{% for message in messages %}<|start_header_id|>{{ message['role'] }}<|end_header_id|>\n\n"
    "{{ message['content'] | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
# For any other: roles as words, one blank line between messages.
PLAIN = (
    "{{ bos_token or '' }}{% for message in messages %}{{ message['role'] | capitalize }}: {{ message['content'] }}\n\n"
    "{% endfor %}{% if add_generation_prompt %}Assistant: {% endif %}"
)


class ChatTemplate:
    """One tokenizer and its template. Templates that refuse our order of roles get a folded conversation.

    `borrowed` says that the tokenizer has none of its own, so that one of ours is used.
    """

    def __init__(self, tokenizer: Any, window: int) -> None:
        self.tokenizer = tokenizer
        self.window = window
        self.borrowed = not tokenizer.chat_template
        if self.borrowed:
            known = tokenizer.get_vocab()
            tokenizer.chat_template = _LLAMA_3 if all(token in known for token in _HEADERS) else PLAIN
            _log.warning("The tokenizer has no chat template: a default for Llamas is used, which may suit it badly")

    def token_ids(self, conversation: Sequence[Message]) -> list[int]:
        """The prompt as token ids, the opening of the answer included."""
        failure: Exception | None = None
        for shape in SHAPES:
            try:
                encoded = self.tokenizer.apply_chat_template(
                    [{"role": message.role, "content": message.text} for message in shape(conversation)],
                    add_generation_prompt=True,
                    tokenize=True,
                    return_dict=True,
                    # A control token that stands in a document would end its message: it is encoded as plain text.
                    sanitize_control_tokens=True,
                )
                return list(encoded["input_ids"])
            except Exception as exc:  # noqa: BLE001 - a template raises whatever its author chose
                failure = exc
        raise Unusable(f"The model's chat template refuses system, user and assistant messages: {failure}")

    def count(self, conversation: Sequence[Message]) -> int:
        """Tokens of the prompt, the opening of the answer included."""
        return len(self.token_ids(conversation))


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a model folder; nothing is downloaded, no code of the folder is run."""
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as exc:
        raise Unusable(f"{folder} holds no tokenizer: tokenizer.json was expected ({exc})") from exc
    # We count what is too long in order to shorten it. As its makers do where that is so: it counts as warned already.
    tokenizer.deprecation_warnings["sequence-length-is-longer-than-the-specified-maximum"] = True
    return tokenizer


def one_system(conversation: Sequence[Message]) -> list[Message]:
    """All system text as one message in front; neighbours of one role joined. Sources stay the user's."""
    system = [message.text for message in conversation if message.role == "system"]
    said = _joined([message for message in conversation if message.role != "system"])
    return [Message("system", "\n\n".join(system)), *said] if system else said


def no_system(conversation: Sequence[Message]) -> list[Message]:
    """The same with the system text in front of the first question."""
    folded = one_system(conversation)
    if folded and folded[0].role == "system":
        return _joined([Message("user", folded[0].text), *folded[1:]])
    return folded


def _joined(conversation: Sequence[Message]) -> list[Message]:
    return [
        Message(role, "\n\n".join(message.text for message in same))
        for role, same in groupby(conversation, key=lambda message: message.role)
    ]


SHAPES: tuple[Callable[[Sequence[Message]], list[Message]], ...] = (list, one_system, no_system)
"""What a template is offered, one after another, until it takes one."""
