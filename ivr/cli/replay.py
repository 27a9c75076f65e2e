"""ivr replay: calls of the past, on another version of their flow."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from ..config import load_settings
from ..engine.errors import SettingsError
from ..engine.flow import Flow
from ..inspect.replay.many import replay
from ..inspect.replay.page import page
from ..inspect.replay.summary import Summary
from ..project import Ground
from .calls import moment
from .output import as_json, print_columns, progress
from .to_test import flow_in

MOST = 15  # rows of a table


def run(
    settings_file: Path, on: Path, since: str, flows: Sequence[str], renamed: Sequence[str],
    html: Path | None, processes: int, json: bool,
) -> int:  # fmt: skip
    settings = load_settings(settings_file)
    begin = moment(since)
    flow = flow_in(on, Ground.read(settings_file))
    files = list(_journals(settings.journals, begin))
    if not files:
        raise SettingsError(f"no journals in {settings.journals} since {since}")
    with progress("replaying") as step:
        summary = replay(
            files,
            flow,
            dict(_renamed(renamed, flow)),
            frozenset(flows or [flow.name]),
            begin.timestamp() if begin else 0.0,
            processes or os.cpu_count() or 1,
            lambda done, all: step(done, all, ""),
        )
    title = f"{summary.calls + summary.skipped.total():,} calls since {since}, on {on}"
    if html is not None:
        html.write_text(page(summary, title), encoding="utf-8")
    if json:
        as_json(summary.as_json())
    else:
        _print(summary, title)
        if not summary.calls:
            names = ", ".join(flows or [flow.name])
            print(
                f"\nno journal is of a call through {names}; name the flow they went: --flow NAME"
            )
    return 1 if summary.ends else 0


def _journals(folder: Path, since: datetime | None) -> Iterator[Path]:
    """The journals of calls that came since, and some more of that day, in order."""
    first = f"{since:%Y-%m-%d}" if since else ""
    for day in sorted(folder.glob("*-*-*")):
        if day.name >= first:
            yield from sorted(day.glob("*.jsonl"))


def _renamed(pairs: Sequence[str], flow: Flow) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        old, _, new = pair.partition("=")
        if not old or not new:
            raise SettingsError(f"--renamed {pair!r}: expected such as menu=main_menu")
        if new not in flow.path_names:
            known = ", ".join(sorted(flow.path_names))
            raise SettingsError(f"--renamed {pair!r}: {flow.name} has no state {new!r}: {known}")
        yield old, new


def _print(summary: Summary, title: str) -> None:
    print(f"{title}:")
    elsewhere = sum(summary.ends.values())
    rows = [
        (summary.same, "go as they went"),
        (summary.paths, "take another way to the same end"),
        (elsewhere, "get somewhere else"),
        (summary.skipped.total(), "cannot be replayed"),
    ]
    print_columns([[f"{count:8,}", words] for count, words in rows if count])
    if summary.ends:
        print("\nwhere callers get to")
        found = [(f"{n:8,}", before, now) for (before, now), n in summary.ends.most_common(MOST)]
        print_columns([("   calls", "before", "now"), *found])
        _print_rest(len(summary.ends))
    for words, counts in (
        ("asked what they had not been asked before, in", summary.unanswered),
        ("answers that nobody asks for", summary.unused),
        ("not told by any journal", summary.unknown),
        ("cannot be replayed, as", summary.skipped),
    ):
        if counts:
            print(f"\n{words}")
            print_columns([[f"{n:8,}", what] for what, n in counts.most_common(MOST)])
            _print_rest(len(counts))


def _print_rest(rows: int) -> None:
    if rows > MOST:
        print(f"          and {rows - MOST} more rows: --json has them")
