"""Where a training would run, and how much memory is free there."""

from dataclasses import dataclass
from math import inf

from app.llm.memory import free


@dataclass(frozen=True, slots=True)
class Hardware:
    """A GPU, or this machine's processors; `free` in bytes, infinite where nobody knows; `name` for people."""

    on_gpu: bool
    free: float
    name: str


def hardware() -> Hardware:
    """The first GPU if there is one."""
    import torch

    if torch.cuda.is_available():
        return Hardware(on_gpu=True, free=free("cuda"), name=torch.cuda.get_device_name())
    return Hardware(on_gpu=False, free=free("cpu") or inf, name="this machine")
