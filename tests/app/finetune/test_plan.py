"""What a person may choose of a finetuning, and what is usual."""

import pytest

from app.finetune.memory import Method
from app.finetune.plan import Training


@pytest.mark.parametrize(("method", "rate"), [(Method.LORA, 2e-4), (Method.QLORA, 2e-4), (Method.FULL, 2e-5)])
def test_the_rate_follows_the_method_unless_it_is_given(method: Method, rate: float) -> None:
    assert Training(method).peak_rate == rate
    assert Training(method, rate=0.5).peak_rate == 0.5


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"batch": -1}, {"rank": 0}, {"rate": -1.0}, {"length": -5}])
def test_what_cannot_be_is_refused_by_name(wrong: dict[str, float]) -> None:
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        Training(**wrong)  # type: ignore[arg-type]


def test_it_can_be_written_down() -> None:
    assert Training(seed=3).as_json() == {
        "method": "LoRA",
        "epochs": 3.0,
        "rate": 2e-4,
        "batch": 8,
        "rank": 16,
        "length": 0,
        "patience": 3,
        "seed": 3,
    }
