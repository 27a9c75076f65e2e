"""ivr config: every setting."""

from __future__ import annotations

from ..config import describe
from .output import as_json


def run(json: bool) -> None:
    keys = ("key", "default", "environment", "meaning")
    if json:
        as_json([dict(zip(keys, row, strict=True)) for row in describe()])
        return
    for key, default, variable, meaning in describe():
        print(f"{key}: {default}" if default else key)
        print(f"    {variable}")
        if meaning:
            print(f"    {meaning}")
