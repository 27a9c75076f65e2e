"""What has become of many calls, added up; from several processes, too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .player import Replayed

EXAMPLES = 3  # calls for each thing that is told


@dataclass(slots=True)
class Summary:
    """Calls by what became of them.

    `ends` has pairs: where a call got to, and where it gets to now.  `unanswered` are states that
    ask what the caller had not been asked, `unused` answers that nobody asks for any more,
    `unknown` what would have to be known, `skipped` why journals could not be replayed.
    """

    same: int = 0
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    paths: int = 0
    """Calls that take another way to the same end."""
    unanswered: Counter[str] = field(default_factory=Counter)
    unused: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[Replayed]] = field(default_factory=dict)
    """Calls by where they got to, and get to."""

    @property
    def calls(self) -> int:
        """Those that were replayed."""
        return self.same + self.paths + sum(self.ends.values())

    @property
    def changed(self) -> int:
        return self.calls - self.same

    def add(self, one: Replayed) -> None:
        ends = one.end_before, one.end_now
        self.unused.update(set(one.unused))
        if one.same:
            self.same += 1
            return
        if one.end_before == one.end_now:
            self.paths += 1
        else:
            self.ends[ends] += 1
        self.unanswered.update(one.unanswered[:1])
        if one.unknown:
            self.unknown[one.unknown] += 1
        found = self.examples.setdefault(ends, [])
        if len(found) < EXAMPLES:
            found.append(one)

    def skip(self, why: str) -> None:
        self.skipped[why] += 1

    def __iadd__(self, other: Summary) -> Summary:
        self.same += other.same
        self.paths += other.paths
        for name in ("ends", "unanswered", "unused", "unknown", "skipped"):
            getattr(self, name).update(getattr(other, name))
        for ends, found in other.examples.items():
            mine = self.examples.setdefault(ends, [])
            mine += found[: EXAMPLES - len(mine)]
        return self

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "calls": self.calls,
            "same": self.same,
            "another_way": self.paths,
            "ends": [
                {
                    "calls": count,
                    "before": before,
                    "now": now,
                    "examples": [each.id for each in self.examples.get((before, now), ())],
                }
                for (before, now), count in self.ends.most_common()
            ],
            "unanswered": dict(self.unanswered.most_common()),
            "unused": dict(self.unused.most_common()),
            "unknown": dict(self.unknown.most_common()),
            "skipped": dict(self.skipped.most_common()),
        }


def added(summaries: Iterable[Summary]) -> Summary:
    """All of them in one."""
    whole = Summary()
    for each in summaries:
        whole += each
    return whole
