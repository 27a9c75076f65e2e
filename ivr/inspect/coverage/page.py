"""Coverage as a page that needs nothing else: the table, and each flow's files, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader

from .coverage import Coverage, FlowCoverage
from .items import KINDS, Item
from .table import percent, rows, share, short

_templates = Environment(
    loader=PackageLoader("ivr.inspect.coverage", "."),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One of a file; `verdict` is covered, partly, missed, or empty where nothing counts."""

    number: int
    text: str
    verdict: str
    covered: tuple[str, ...]
    missed: tuple[str, ...]


def page(coverage: Coverage) -> str:
    """The page, in HTML."""
    head, *flows, total = rows(coverage)
    return _templates.get_template("page.html.j2").render(
        head=head,
        total=total,
        percent=percent(coverage.share),
        kinds=KINDS,
        flows=[
            (row, flow, int(share(*flow.all) * 100), list(_files(flow)))
            for row, flow in zip(flows, coverage.flows, strict=True)
        ],
    )


def _files(flow: FlowCoverage) -> Iterator[tuple[str, list[Line]]]:
    """Those that *flow* is written in, as far as they can be read."""
    places = sorted({item.place.file for item in flow.items} - {""})
    for file in places:
        there: dict[int, list[tuple[Item, int]]] = {}
        for item, count in flow.items.items():
            if item.place.file == file:
                there.setdefault(item.place.line, []).append((item, count))
        try:
            text = Path(file).read_text("utf-8", "replace").splitlines()
        except OSError:
            text = [""] * max(there)
        yield (
            short(file),
            [_line(number, words, there.get(number, [])) for number, words in enumerate(text, 1)],
        )


def _line(number: int, text: str, found: list[tuple[Item, int]]) -> Line:
    covered = tuple(f"{item}, {count}" for item, count in found if count)
    missed = tuple(str(item) for item, count in found if not count)
    verdict = "partly" if covered and missed else "covered" if covered else "missed"
    return Line(number, text, verdict if found else "", covered, missed)
