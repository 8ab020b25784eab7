"""What a person may choose of a finetuning."""

from dataclasses import asdict, dataclass
from typing import Any

from app.finetune.memory import Method


@dataclass(frozen=True, slots=True)
class Training:
    """What decides how it comes out. `rate` 0: as usual for the method; `length` 0: the window, 4096 at most."""

    method: Method = Method.LORA
    epochs: float = 3.0
    rate: float = 0.0
    batch: int = 8
    rank: int = 16
    length: int = 0
    patience: int = 3
    seed: int = 7

    def __post_init__(self) -> None:
        for name in ("epochs", "batch", "rank", "patience"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} is {getattr(self, name)}: more than 0 was expected")
        if self.rate < 0 or self.length < 0:
            raise ValueError(f"rate is {self.rate} and length is {self.length}: 0 or more was expected")

    @property
    def peak_rate(self) -> float:
        """The learning rate after its warm-up."""
        return self.rate or (2e-5 if self.method is Method.FULL else 2e-4)

    def as_json(self) -> dict[str, Any]:
        """For the run record and for telling whether an interrupted run is the same one."""
        return {**asdict(self), "method": self.method.value, "rate": self.peak_rate}
