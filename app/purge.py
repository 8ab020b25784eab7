"""Taking what was deleted out of conversations and files, after nobody is shown it any more."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine

from app.erasure import erase
from retrieval.indexes import Indexes
from retrieval.ledger import documents
from retrieval.ledger.engine import empty_log

_OF_A_LEDGER = re.compile(r"[0-9a-f]{12}")  # the folder of its index


def purge(engine: Engine, indexes: Indexes, index_folder: Path, texts: Iterable[str] = ()) -> int:
    """Leave nothing of it; the indexes have followed. Returns how many messages and titles were changed.

    `texts` are those of what was deleted, if they are known: people's words that repeat them go too.
    """
    changed = erase(engine, texts)
    documents.forget_loose_embeddings(engine)
    indexes.dense.purge()
    emptied = indexes.lexical.purge()
    for folder in index_folder.parent.iterdir():
        if _OF_A_LEDGER.fullmatch(folder.name) and folder != index_folder:  # of another ledger, which may hold it too
            shutil.rmtree(folder, ignore_errors=True)
    if empty_log(engine) and emptied:  # else the next run does it
        documents.end_purge(engine)
    return changed
