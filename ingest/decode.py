"""Bytes to text in whatever encoding they are."""

from charset_normalizer import from_bytes

from retrieval.errors import Unreadable

_LOOKED_AT = 64 * 2**10


def decode(data: bytes, stated: str = "") -> str:
    """Text of the bytes: UTF-8, UTF-16 with its mark, the stated encoding, the most plausible one. Line ends: \\n."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _lines(data.decode("utf-16", errors="replace"))
    for encoding in ("utf-8-sig", stated):
        try:
            return _lines(data.decode(encoding))
        except (UnicodeError, LookupError):
            continue
    if b"\0" in data[:_LOOKED_AT]:
        raise Unreadable("it is a binary file, not text")
    best = from_bytes(data[:_LOOKED_AT]).best()
    if best is None:
        raise Unreadable("its text encoding cannot be recognised; save it as UTF-8")
    return _lines(data.decode(best.encoding, errors="replace"))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
