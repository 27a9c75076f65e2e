"""Coverage for people: a table, what is not covered, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from .coverage import Coverage, FlowCoverage
from .items import KINDS


def percent(share: float) -> str:
    """``87 %``; 100 only where nothing at all is missing."""
    return f"{int(share * 100 + 1e-9)} %"


def share(covered: int, there: int) -> float:
    return covered / there if there else 0.0


def rows(coverage: Coverage) -> list[list[str]]:
    """A head, a row for each flow, and one for all of them."""
    table = [["", *(f"{kind}s" for kind in KINDS), "all"]]
    for flow in coverage.flows:
        table.append([short(flow.file) or flow.name, *_cells(flow), percent(share(*flow.all))])
    totals = [_sum(flow.of(kind) for flow in coverage.flows) for kind in KINDS]
    return [*table, ["all", *map(_cell, totals), percent(coverage.share)]]


def missed(coverage: Coverage) -> Iterator[str]:
    """What is not covered, a line for each place and kind."""
    for flow in coverage.flows:
        for (place, _, _), found in groupby(flow.missed, key=lambda i: (i.place, i.kind, i.state)):
            first, *others = found
            where = [short(place.file), *(str(n) for n in (place.line, place.column) if n)]
            yield f"{':'.join(where)}: {', '.join([str(first), *(each.what for each in others)])}"


def too_little(coverage: Coverage, least: float) -> str:
    """What to say where less than *least* percent are covered; empty: enough is."""
    if coverage.share * 100 >= least:
        return ""
    return f"coverage is {percent(coverage.share)}, less than {least:g} %"


def short(file: str) -> str:
    """*file* as one would type it here."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file


def _cells(flow: FlowCoverage) -> list[str]:
    return [_cell(flow.of(kind)) for kind in KINDS]


def _cell(counts: tuple[int, int]) -> str:
    covered, there = counts
    return f"{covered}/{there}" if there else "-"


def _sum(counts: Iterator[tuple[int, int]]) -> tuple[int, int]:
    found = list(counts)
    return sum(covered for covered, _ in found), sum(there for _, there in found)
