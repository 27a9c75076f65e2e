"""Runs as one table, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.table import Table

from .figures import Spread
from .run import Run

COLUMNS = (
    "server",
    "calls",
    "job",
    "ok / offered",
    "INVITE→200 p50 / p99 ms",
    "key→sound p50 / p99 ms",
    "jitter p99 ms",
    ">30 ms late",
    "CPU s per call-minute",
    "workers / front / rest",
    "private MB",
    "a worker",
    "steal",
    "counts",
)


def table(runs: Iterable[tuple[str, Run]], workers: str, front: str) -> Table:
    """A row for each run, with the name of its server.

    `workers` and `front` are roles whose processes are told apart, where a server has them.
    """
    made = Table(box=box.MARKDOWN)
    for column in COLUMNS:
        made.add_column(column, no_wrap=True)
    for name, run in runs:
        figures, use = run.figures, run.use
        minutes = figures.call_minutes or float("nan")
        parts = [use.cpu.get(role, 0.0) / minutes for role in (workers, front)]
        rest = run.cpu_per_call_minute - sum(parts)
        split = " / ".join(f"{part:.3f}" for part in (*parts, rest))
        each = use.private[workers] / use.processes[workers] if workers in use.private else 0
        made.add_row(
            name,
            str(run.plan.calls),
            run.plan.job,
            f"{figures.ok} / {figures.offered}",
            _middle_and_worst(figures.invite_to_200),
            _middle_and_worst(figures.key_to_sound),
            f"{figures.jitter.p99:.1f}" if figures.jitter else "-",
            f"{figures.late_share:.3%}",
            f"{run.cpu_per_call_minute:.3f}",
            split if each else "-",
            f"{sum(use.private.values()) / 1e6:.0f}",
            f"{each / 1e6:.1f}" if each else "-",
            f"{use.steal:.1%}",
            "; ".join(run.limits) or "yes",
        )
    return made


def _middle_and_worst(spread: Spread | None) -> str:
    return f"{spread.p50:.1f} / {spread.p99:.1f}" if spread else "-"
