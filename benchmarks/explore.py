"""How fast a large flow is explored: 200 states and 1,000 transitions of a generated one.

It must stay below 10 s on one core.  Run: ``python -m benchmarks.explore [states]``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import yaml

from ivr.engine.flow import Flow
from ivr.flowfile import load_flow
from ivr.inspect.chart import chart
from ivr.inspect.explore.report import explore

STATES = 200
LIMIT = 10.0  # seconds


def written(states: int) -> dict[str, Any]:
    """A flow of menus that lead to one another, every tenth state to a desk or a web service."""
    found = {f"s{number}": _state(number, states) for number in range(states - 1)}
    found["s0"]["do"] = ["answer", found["s0"]["do"]]
    found["last"] = {"do": {"say": {"text": "Goodbye."}}, "then": "end"}
    return {"ivr": 1, "flow": "large", "start": "s0", "states": found}


def _state(number: int, states: int) -> dict[str, Any]:
    def to(step: int) -> str:
        target = number + step
        return f"s{target}" if target < states - 1 else "last"

    if number % 10 == 7:
        outcomes = ("answered", "busy", "no_answer", "rejected", "unreachable", "failed")
        desk = f"sip:{number}@pbx.example"
        return {"do": {"transfer": desk}, "then": {name: to(1) for name in outcomes}}
    if number % 10 == 3:
        return {
            "do": {"http": {"url": f"https://a.example/{number}", "seconds": 2}},
            "then": {"ok": to(1), "failed": to(2), "timeout": to(2)},
        }
    ask = {"text": f"Menu {number}.", "choices": {"one": 1, "two": 2, "three": 3, "home": 9}}
    ways = {"one": to(1), "two": to(2), "three": to(11), "home": "s0"}
    return {"do": {"ask": ask}, "then": {**ways, "no_input": "last", "no_match": "last"}}


def large(states: int = STATES) -> Flow:
    with TemporaryDirectory() as folder:
        path = Path(folder, "large.yaml")
        path.write_text(yaml.safe_dump(written(states), sort_keys=False), encoding="utf-8")
        return load_flow(path)


def main(states: int = STATES) -> int:
    flow = large(states)
    began = perf_counter()
    found = explore(flow)
    took = perf_counter() - began
    print(
        f"{len(flow.states)} states, {len(chart(flow).edges)} transitions: {found.places} places,"
        f" {found.moves} moves in {took:.1f} s ({found.moves / took:,.0f} a second)"
    )
    for refuted in found.refuted:
        print(f"  {refuted.state}: {refuted}")
    return int(took > LIMIT)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
