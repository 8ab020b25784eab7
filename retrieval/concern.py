"""What somebody should look at in a document: what was hidden in it, or a passage that reads like an instruction."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concern:
    """`kind` in words. `count` is how often it was found; `excerpt`, how the first such passage begins.

    Of what was hidden there is no excerpt, and others are taken after hiding.
    """

    kind: str
    count: int
    excerpt: str = ""

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"count: at least 1 was expected, not {self.count}")

    @property
    def hides(self) -> bool:
        """Whether it was hidden, and is not only pointed out."""
        return not self.excerpt

    def __str__(self) -> str:
        times = f" ({self.count})" if self.count > 1 else ""
        return f"{self.kind}{times}: {self.excerpt}" if self.excerpt else f"{self.kind}{times}"
