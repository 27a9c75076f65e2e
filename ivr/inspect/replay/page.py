"""What has become of many calls, as a page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from .player import Replayed
from .summary import Summary

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
table { border-collapse: collapse; margin: .5rem 0 1.5rem }
th, td { text-align: left; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #ccc8 }
td.number { text-align: right; font-variant-numeric: tabular-nums }
details { margin: .25rem 0 } code { font-size: .9em } .gone { color: #b00 } .new { color: #080 }
"""


def page(summary: Summary, title: str) -> str:
    """The page, with examples."""
    body = "\n".join(_body(summary, title))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _body(summary: Summary, title: str) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    yield (
        f"<p>{summary.calls:,} calls were replayed: {summary.same:,} go as they went,"
        f" {summary.paths:,} take another way to the same end,"
        f" {sum(summary.ends.values()):,} get somewhere else.</p>"
    )
    if summary.ends:
        yield "<h2>Where callers get to</h2>"
        rows = [(count, before, now) for (before, now), count in summary.ends.most_common()]
        yield from _table(("calls", "before", "now"), rows)
    for heading, column, counts in (
        ("Asked what they had not been asked before", "state", summary.unanswered),
        ("Answers that nobody asks for", "answer", summary.unused),
        ("What would have to be known", "missing", summary.unknown),
        ("Journals that cannot be replayed", "why", summary.skipped),
    ):
        if counts:
            yield f"<h2>{heading}</h2>"
            yield from _table(("calls", column), [(n, what) for what, n in counts.most_common()])
    if summary.examples:
        yield "<h2>Examples</h2>"
        for (before, now), found in summary.examples.items():
            yield f"<details><summary>{escape(before)} → {escape(now)}</summary>"
            yield from map(_example, found)
            yield "</details>"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "<table><tr>" + "".join(f"<th>{each}</th>" for each in head) + "</tr>"
    for number, *others in rows:
        cells = "".join(f"<td>{escape(str(each))}</td>" for each in others)
        yield f'<tr><td class="number">{number:,}</td>{cells}</tr>'
    yield "</table>"


def _example(one: Replayed) -> str:
    shared = one.shared
    same = escape(" → ".join(one.before[:shared]))
    gone = escape(" → ".join(one.before[shared:])) or "(nothing more)"
    new = escape(" → ".join(one.now[shared:])) or "(nothing more)"
    return (
        f"<p><code>{escape(one.id)}</code>: {same}<br>"
        f'<span class="gone">then: {gone}</span><br><span class="new">now: {new}</span></p>'
    )
