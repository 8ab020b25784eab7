"""A real PostgreSQL from Debian's package, with a cluster of its own, that tests may stop and start."""

import pwd
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.serving import free_port


@dataclass(frozen=True)
class PostgresServer:
    """One cluster below this folder."""

    folder: Path
    port: int

    def url(self, database: str) -> str:
        """As FRONTDESK_LEDGER names it."""
        return f"postgresql+psycopg://frontdesk@127.0.0.1:{self.port}/{database}"

    def new_database(self, name: str = "", template: str = "template1") -> str:
        """The name of a new database: an empty one, or a copy of one that nobody has open."""
        name = name or f"test_{uuid.uuid4().hex}"
        server = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "frontdesk")
        self._run("createdb", *server, "-T", template, name)
        return name

    def start(self) -> None:
        """Begin to serve, after a crash too."""
        options = f"-p {self.port} -c fsync=off -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self) -> None:
        """Crash: every connection is cut, nothing is tidied up."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        file = max(Path("/usr/lib/postgresql").glob("*/bin")) / program
        output = subprocess.DEVNULL  # a pipe would stay open in the server
        subprocess.run([file, *arguments], check=True, user="postgres", cwd=self.folder, stdout=output, stderr=output)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Make a cluster and start it; it is gone afterwards. Other runs of pytest would lock its user out of theirs."""
    with TemporaryDirectory(prefix="frontdesk-postgres-") as place:
        shutil.chown(place, pwd.getpwnam("postgres").pw_uid, pwd.getpwnam("postgres").pw_gid)
        server = PostgresServer(Path(place), free_port())
        server._run("initdb", "-D", "data", "-A", "trust", "-U", "frontdesk")
        server.start()
        try:
            yield server
        finally:
            server.stop()
