"""ivr diff: what changes for callers."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from ..engine.errors import Fault, IvrError, LoadError
from ..engine.flow import Flow
from ..flowfile import load_flow
from ..inspect.diff import Comparison, as_markdown, as_text, compare, picture_of
from ..inspect.draw import as_mermaid
from ..project import Ground
from .draw import show, wanted
from .output import as_json, complain, complain_of, printable
from .revisions import Version, version

Form = Literal["text", "json", "markdown"]
TROUBLE = 2  # as of diff: 1 says that there are changes


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: a flow, and what its prompts say by language and name."""

    flow: Flow
    texts: dict[str, dict[str, str]]


def run(old: str, new: str, form: Form, out: Path | None, settings: Path) -> int:
    """Returns the exit code: 0 nothing has changed, 1 something has, 2 it cannot be told."""
    wanted(out)
    with ExitStack() as open:
        versions = [open.enter_context(version(name, settings)) for name in (old, new)]
        sides = []
        for each in versions:
            try:
                sides.append(_read(each))
            except LoadError as error:
                complain_of([_shown(fault, each) for fault in error.faults])
                return TROUBLE
            except (IvrError, OSError) as error:
                complain(f"ivr: {each.shown(str(error))}")
                return TROUBLE
        before, now = sides
        compared = compare(before.flow, now.flow, before.texts, now.texts)
        _tell(compared, form, versions, now.flow.name)
        if out is not None:
            show(picture_of(compared), out)
    return 1 if compared.changes else 0


def _shown(fault: Fault, where: Version) -> Fault:
    return replace(fault, file=where.shown(fault.file), message=where.shown(fault.message))


def _read(each: Version) -> Side:
    ground = Ground.read(each.settings).of_others()
    texts: dict[str, dict[str, str]] = {}
    if ground.catalogue:
        texts = {
            language: ground.catalogue.texts(language) for language in ground.catalogue.entries
        }
    return Side(load_flow(each.flow, house=ground.house), texts)


def _tell(compared: Comparison, form: Form, versions: list[Version], name: str) -> None:
    changes = []
    for change in compared.changes:
        place = change.place
        for each in versions:
            place = each.shown(place)
        changes.append(replace(change, place=place))
    match form:
        case "json":
            as_json([asdict(change) for change in changes])
        case "markdown":
            print(as_markdown(name, changes, as_mermaid(picture_of(compared))), end="")
        case "text" if changes:
            for line in as_text(changes).splitlines():
                print(printable(line))
