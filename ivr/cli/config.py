"""ivr config: every setting."""

from __future__ import annotations

from ..config import describe
from .output import as_json


def run(json: bool) -> None:
    keys = ("key", "default", "environment", "meaning")
    if json:
        as_json([dict(zip(keys, row, strict=True)) for row in describe()])
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*keys, box=None, pad_edge=False)
    for row in describe():
        table.add_row(*row)
    Console().print(table)
