"""A tokenizer of one's own: no text is unknown, and each joint of the template is one token."""

from app.finetune.byte_level import byte_level_tokenizer

TOKENIZER = byte_level_tokenizer(["Annual leave is 27 days. Annual leave is agreed."] * 3, 320, 64)


def test_any_text_comes_back_as_it_was() -> None:
    text = "Überstunden? 27 days; ☕ <|odd|>\n\tEnd."
    assert TOKENIZER.decode(TOKENIZER(text, add_special_tokens=False)["input_ids"]) == text


def test_common_words_are_few_tokens() -> None:
    assert len(TOKENIZER("Annual leave", add_special_tokens=False)["input_ids"]) < 6
    assert len(TOKENIZER) <= 320


def test_a_conversation_is_rendered_with_single_tokens_between_its_parts() -> None:
    talk = [{"role": "user", "content": " Why? "}]
    assert TOKENIZER.apply_chat_template(talk, tokenize=False, add_generation_prompt=True) == (
        "<|begin|><|start|>user<|text|>Why?<|end|><|start|>assistant<|text|>"
    )
    assert [len(TOKENIZER(mark, add_special_tokens=False)["input_ids"]) for mark in ("<|start|>", "<|end|>")] == [1, 1]
