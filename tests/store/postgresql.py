"""A PostgreSQL server of the tests' own, on the loopback, run by an unprivileged user."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

USER = "postgres"  # PostgreSQL does not run as root


def _programs() -> Path:
    """Where Debian keeps the newest server."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: float(bin.parent.name))


class Server:
    """Begins empty; `stop` is the pulled plug."""

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        self.port = port
        self.address = address
        self.folder = Path(tempfile.mkdtemp(prefix="ivr-postgresql-"))
        if os.getuid() == 0:
            shutil.chown(self.folder, USER, USER)
        self._run("initdb", "--no-sync", "-A", "trust", "-U", "ivr", "-E", "UTF8", "--no-locale")
        with (self.folder / "data/pg_hba.conf").open("a") as allowed:
            allowed.write(f"host all all {address}/24 trust\n")

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses={self.address} -c unix_socket_directories=''"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-l", log, "-o", f"{options} -c fsync=off", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def database(self, name: str) -> str:
        """A new database; returns its URL."""
        server = f"postgresql://ivr@{self.address}:{self.port}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return f"{server}/{name}"

    def remove(self) -> None:
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        become = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups"]
        command = [str(_programs() / program), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(
            [*(become if os.getuid() == 0 else []), *command],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )
