"""The parts of schedules, as flow files and settings write them.  Each raises `Bad`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from yaml.nodes import Node

from ..engine import mentions, templates
from ..engine.codes import Code
from ..engine.errors import FlowError
from ..engine.schedule import Closures, Hours, OtherHours, Span, Special
from .calendars import read_calendar
from .source import Bad, suggest

if TYPE_CHECKING:
    from .convert import Context


def read_hours(node: Node, context: Context) -> Hours:
    spans: list[Span] = []
    for item in context.source.items(node):
        for text in context.source.text(item, "hours such as Mon-Fri 09:00-17:30").split(","):
            try:
                spans.append(Span.parse(text))
            except ValueError as error:
                context.note(Bad(item, str(error), Code.BAD_HOURS))
    try:
        return Hours(spans).checked()
    except ValueError as error:
        raise Bad(node, str(error), Code.BAD_HOURS) from None


def read_special(node: Node, context: Context) -> Special:
    found: list[OtherHours] = []
    for day, field in context.source.fields(node, "days and times: 12-24: 09:00-12:00").items():
        times = ", ".join(context.source.text(item) for item in context.source.items(field.value))
        try:
            found.append(OtherHours.parse(day, times))
        except ValueError as error:
            context.note(Bad(field.key, str(error), Code.BAD_HOURS))
    return Special(found)


def read_closures(node: Node, context: Context) -> Closures:
    file = Path(context.source.file).parent / context.source.text(node, "the name of a file")
    try:
        closures = read_calendar(file)
    except ValueError as error:
        raise Bad(node, str(error), Code.UNREADABLE_FILE) from None
    context.source.others.append(file.read_bytes())
    return closures


def read_name(node: Node, context: Context) -> str:
    name = context.source.text(node, "a schedule's name, or open: days and times")
    if "{" in name:
        try:
            templates.check_text(name)
        except FlowError as error:
            raise Bad(node, str(error), Code.BAD_TEMPLATE) from None
        context.uses(node, mentions.names_in_text(name))
    elif context.schedules is not None and name not in context.schedules:
        hint = suggest(name, sorted(context.schedules)) if context.schedules else "it has none"
        raise Bad(node, f"no schedule {name!r} in ivr.yaml; {hint}", Code.UNKNOWN_VALUE)
    return name
