"""How much memory a model takes to serve, and how much is there."""

from dataclasses import dataclass
from pathlib import Path

from app.llm.folder import ModelFolder
from retrieval.errors import Unusable

_MEMINFO = Path("/proc/meminfo")
BYTES_PER_PARAMETER = {"": 2.0, "8bit": 1.1, "4bit": 0.6}  # the parts that stay in 16 bits counted in
_BESIDE = 300_000_000  # bytes that the libraries take


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that a model needs, and bytes that are free where it is to run; `free` 0 means nobody knows."""

    weights: int
    conversation: int
    free: int

    @property
    def needed(self) -> int:
        """All of it."""
        return self.weights + self.conversation + _BESIDE

    @property
    def suffices(self) -> bool:
        """Whether it fits."""
        return not self.free or self.needed <= self.free


def needed(model: ModelFolder, window: int, at_once: int, quantization: str, device: str) -> Memory:
    """What a model takes with so many conversations of so many tokens at once."""
    weights = model.stored_bytes if not quantization else int(model.parameters * BYTES_PER_PARAMETER[quantization])
    return Memory(weights, at_once * window * model.bytes_per_token, free(device))


def refuse_too_little(model: ModelFolder, memory: Memory) -> None:
    """Say it before the system has to kill us.

    Raises:
        Unusable: the weights alone do not fit.
    """
    if memory.free and memory.weights + _BESIDE > memory.free:
        raise Unusable(
            f"The model in {model.path} takes about {gigabytes(memory.weights + _BESIDE)} and "
            f"{gigabytes(memory.free)} are free. Set FRONTDESK_LLM_QUANTIZATION to 4bit, or take a smaller model"
        )


def free(device: str) -> int:
    """Bytes that are free on the device; 0 where the system does not say."""
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    if not _MEMINFO.is_file():
        return 0
    lines = _MEMINFO.read_text(encoding="ascii").splitlines()
    stated = next((line for line in lines if line.startswith("MemAvailable:")), "")
    return int(stated.split()[1]) * 1024 if stated else 0


def resident() -> int:
    """Bytes that this process holds in memory now; 0 where the system does not say."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.is_file() else []
    stated = next((line for line in lines if line.startswith("VmRSS:")), "")
    return int(stated.split()[1]) * 1024 if stated else 0


def gigabytes(amount: int) -> str:
    """Bytes for people."""
    return f"{amount / 1e9:.1f} GB" if amount >= 1e8 else f"{amount / 1e6:.1f} MB"
