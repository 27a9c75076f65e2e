"""What ``ivr.yaml`` gives to flows: named schedules, read as the verb's own rules are."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from zoneinfo import ZoneInfo

from yaml.nodes import MappingNode

from ..engine.codes import Code
from ..engine.house import NO_HOUSE, UTC, House
from ..engine.schedule import Hours, Schedule
from ..engine.verb import VERBS
from .bind import bind
from .convert import Context, convert
from .source import Bad, Field, Source

_RULES = {field.name for field in fields(Schedule)}


def read_house(file: Path) -> House:
    """Read `language`, `zone` and `schedules` of the settings *file*, if it exists.

    Other settings are not looked at.  Raises `LoadError` with every fault.
    """
    if not file.exists():
        return NO_HOUSE
    source, root = Source.parse(file)
    context, schedules = Context(source), dict[str, Schedule]()
    language, zone = "", UTC
    try:
        top = source.fields(root, "settings") if isinstance(root, MappingNode) else {}
        if "language" in top:
            language = source.text(top["language"].value)
        if "zone" in top:
            zone = convert(ZoneInfo, top["zone"].value, context)
        if "schedules" in top:
            named = source.fields(top["schedules"].value, "schedules by name")
            for name, field in named.items():
                schedules[name] = _schedule(name, field, context)
    except Bad as bad:
        source.note(bad)
    source.check()
    return House(language, zone, schedules)


def _schedule(name: str, field: Field, context: Context) -> Schedule:
    """``office: Mon-Fri 09:00-17:30``, or with ``open``, ``closed`` and the like below."""
    source, node = context.source, field.value
    if not isinstance(node, MappingNode):
        return Schedule(convert(Hours, node, context.named(name)))
    verb = VERBS["schedule"]
    for key, pair in source.fields(node, "the rules of a schedule").items():
        if key not in _RULES:
            source.unknown(pair.key, "key", key, sorted(_RULES), Code.UNKNOWN_KEY)
            return Schedule()
    arguments = bind(verb.run, name, field.key, node, context)
    if arguments is None:
        return Schedule()
    wrong = verb.check(arguments.named)
    if wrong:
        source.fault(field.key, f"{name}: {wrong}", Code.AT_ODDS)
    return Schedule(**arguments.named)
