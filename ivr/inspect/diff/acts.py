"""What states do, before and now: verb by verb, and argument by argument."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from difflib import SequenceMatcher
from typing import Any, get_args

from ...engine.choices import Choices
from ...engine.effects import Prompt
from ...engine.state import Act
from ...engine.verb import Kind as Reading
from ...flowfile.bind import is_switch, nested_in, signature_of
from ..told import NOTHING, brief, words
from .changes import Change, Kind, differences, place_of

COMPUTED = "(computed)"  # by the code of a flow in Python
_KINDS: Mapping[str, Kind] = {
    "seconds": "timer",
    "address": "destination",
    "contact": "destination",
    "url": "destination",
    "account": "destination",
    "mailbox": "destination",
    "keys": "step",
    "dial pattern": "step",
    "variable": "step",
    "text": "step",
    "key pattern": "step",
}
_COUNTS = {
    *("attempts", "max_no_input", "max_no_match", "read_back_attempts", "max_failures", "retries")
}


def changes(old: Sequence[Act], new: Sequence[Act], state: str) -> Iterator[Change]:
    """What *state* does otherwise."""
    for before, now in _pairs(old, new):
        if before is not None and now is not None:
            places = before.place, now.place
            yield from differences(_told(before), _told(now), state, places, now.verb.name)
        elif now is not None:
            yield Change(
                "step", "added", state, now.verb.name, new=brief(now), place=place_of(now.place)
            )
        elif before is not None:
            place = place_of(before.place)
            yield Change("step", "removed", state, before.verb.name, brief(before), place=place)


def signature(act: Act) -> tuple[str, ...]:
    """Everything that is said to *act*, so that two can be compared."""
    given = [f"{name}: {value}" for name, (_, value) in sorted(_told(act).items())]
    return (act.verb.name, *given)


def given(act: Act) -> Iterator[str]:
    """What is said to *act* by whoever wrote it."""
    hints = signature_of(act.verb.run).hints
    for name, value in act.arguments.items():
        for part, _, told in parts(name, value, hints.get(name)):
            yield f"{act.verb.name} {part}: {told}"


def _pairs(old: Sequence[Act], new: Sequence[Act]) -> Iterator[tuple[Act | None, Act | None]]:
    """Which verb has become which: those that are the same, and between them those of one name."""
    same = SequenceMatcher(None, [*map(signature, old)], [*map(signature, new)], autojunk=False)
    for tag, i1, i2, j1, j2 in same.get_opcodes():
        if tag != "equal":
            yield from _by_name(old[i1:i2], new[j1:j2])


def _by_name(old: Sequence[Act], new: Sequence[Act]) -> Iterator[tuple[Act | None, Act | None]]:
    names = [act.verb.name for act in old], [act.verb.name for act in new]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from zip(old[i1:i2], new[j1:j2], strict=True)
        else:
            yield from ((act, None) for act in old[i1:i2])
            yield from ((None, act) for act in new[j1:j2])


def _told(act: Act) -> dict[str, tuple[Kind, str]]:
    """The arguments of *act* in words, those that it leaves out as well."""
    of_schedule = act.verb.name == "schedule"
    signature = signature_of(act.verb.run)
    found: dict[str, tuple[Kind, str]] = {}
    for name, parameter in signature.parameters.items():
        usual = () if parameter.default is parameter.empty else parameter.default
        try:
            value = act.arguments.get(name, usual)
        except KeyError:
            value = COMPUTED
        for part, kind, told in parts(name, value, signature.hints[name]):
            found[part] = ("schedule" if of_schedule else kind, told)
    return found


def parts(name: str, value: Any, hint: Any = None) -> Iterator[tuple[str, Kind, str]]:
    """An argument part by part: its name, what kind of thing it is, and the value in words.

    What is not given has none.
    """
    if isinstance(value, Choices):
        for choice, ways in value.table.items():
            yield choice, "choice", words(ways)
    elif is_dataclass(value) and not isinstance(value, type) and nested_in(hint):
        within = signature_of(type(value)).hints
        usual = None
        if is_switch(hint):
            yield from parts(name, True)
            usual = type(value)()
        for field in fields(value):
            part = getattr(value, field.name)
            if usual is None or part != getattr(usual, field.name):
                yield from parts(f"{name}.{field.name}", part, within[field.name])
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from parts(str(key), part)
    elif (told := words(value)) != NOTHING:
        yield name, _kind(name, value, hint), told


def _kind(name: str, value: Any, hint: Any) -> Kind:
    if isinstance(value, tuple) and all(isinstance(each, Prompt) for each in value):
        return _read_as(hint) or "prompt"
    return "timer" if name in _COUNTS else _read_as(hint) or "step"


def _read_as(hint: Any) -> Kind | None:
    """What the annotations of *hint* make of it, wherever in it they are."""
    for each in getattr(hint, "__metadata__", ()):
        if isinstance(each, Reading) and each.name in _KINDS:
            return _KINDS[each.name]
    return next(filter(None, map(_read_as, get_args(hint))), None)
