"""A file that somebody sends: written below the home while it comes, whole or not at all."""

import secrets
from pathlib import Path

from anyio.to_thread import run_sync
from fastapi import Request

from app.places import make_private_folder
from retrieval.errors import Unusable


async def received(request: Request, folder: Path, most: int) -> Path:
    """The request's body as a hidden file in this folder; the caller renames or deletes it.

    Raises:
        Unusable: it is larger than `most` bytes, empty, or the disk is full; nothing is left then.
    """
    await run_sync(make_private_folder, folder)
    file = folder / f".{secrets.token_hex(8)}"
    try:
        with file.open("wb") as out:
            size = 0
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise Unusable(f"The file is larger than the limit of {most // 2**20} MiB")
                await run_sync(out.write, part)
        if not size:
            raise Unusable("The file is empty")
    except OSError as exc:
        file.unlink(missing_ok=True)
        raise Unusable(f"The file cannot be kept: {exc.strerror}. Is the server's disk full?") from exc
    except BaseException:  # a broken connection too
        file.unlink(missing_ok=True)
        raise
    return file


async def small(request: Request, most: int) -> bytes:
    """The request's body where it is to be small, such as a CSV file.

    Raises:
        Unusable: it is larger than `most` bytes.
    """
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > most:
            raise Unusable(f"The file is larger than the limit of {most // 2**20} MiB")
    return bytes(data)
