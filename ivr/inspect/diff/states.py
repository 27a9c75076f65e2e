"""Which state of one version has become which of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ...engine.state import State
from .acts import signature

_ALIKE = 0.6  # of what two states do, and of the outcomes that they have


def renamed(old: Mapping[str, State], new: Mapping[str, State]) -> dict[str, str]:
    """The new names of states of *old* that *new* has under another one: they do the same verbs."""
    gone = [name for name in old if name not in new]
    fresh = [name for name in new if name not in old]
    likely = sorted(
        ((_likeness(old[before], new[now]), before, now) for before in gone for now in fresh),
        key=lambda each: -each[0],
    )
    found: dict[str, str] = {}
    for likeness, before, now in likely:
        if likeness >= _ALIKE and before not in found and now not in found.values():
            found[before] = now
    return found


def _likeness(old: State, new: State) -> float:
    """From 0 to 1: how much of what either says is in both.  0: they do other verbs."""
    if not old.does or [act.verb for act in old.does] != [act.verb for act in new.does]:
        return 0.0
    before, now = _said(old), _said(new)
    return 2 * (before & now).total() / (before.total() + now.total())


def _said(state: State) -> Counter[str]:
    told = Counter(part for act in state.does for part in signature(act))
    return told + Counter(f"then {outcome}" for outcome in state.on)
