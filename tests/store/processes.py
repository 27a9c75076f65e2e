"""Processes of a machine, to be killed: ``python -m tests.store.processes keeper|worker ...``."""

import signal
import sys
from pathlib import Path

from ivr.store.json_lines import JsonLines
from ivr.store.keeper import Keeper

from .house import House


def keep(folder: Path, url: str, host: str) -> None:
    """Keep records until killed."""
    house = House(folder, url, host)
    file = JsonLines(folder / "calls.jsonl", folder / "memory")
    Keeper(house.spool, house.database(), host, file=file).start()
    signal.pause()


def work(folder: Path, life: str) -> None:
    """Take as many calls as each line of the standard input says, and say so."""
    house, taken = House(folder), 0
    for line in sys.stdin:
        for _ in range(int(line)):
            taken += 1
            house.call(f"{life}-{taken:05}", life=life)
        print(taken, flush=True)


if __name__ == "__main__":
    what, folder, *rest = sys.argv[1:]
    if what == "keeper":
        keep(Path(folder), *rest)
    else:
        work(Path(folder), *rest)
