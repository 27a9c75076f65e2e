"""The files that a flow in YAML is made of: its own, those that it includes, and what all share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from yaml.nodes import MappingNode, Node

from ..engine.codes import Code
from ..engine.errors import LoadError
from ..engine.flow import Flow, Place
from ..engine.flow_check import reached
from ..engine.verb import Verb
from .convert import Context
from .own_verbs import read_verbs
from .plurals import languages_of
from .read_handlers import farewell, read_handlers
from .read_state import States, bad_name
from .source import Bad, Field, Source
from .state_templates import Templates
from .top import TOP, read_included_top, read_variables
from .universal import read_universal
from .unread import EVERYTHING, Unread

if TYPE_CHECKING:
    from .loading import Loading

MOST_FILES = 50


@dataclass(slots=True)
class Part:
    """One file; `shared`: what it has gives way to what the flow has itself."""

    path: Path
    source: Source
    top: dict[str, Field]
    states: States
    shared: bool = False
    shared_states: set[str] = field(default_factory=set)


class Parts:
    """Reads a flow out of its files."""

    def __init__(self, flow: Flow, loading: Loading) -> None:
        self.flow = flow
        self.whole = True
        self.parts: list[Part] = []
        self._loading = loading
        self.verbs: dict[str, Verb] = {}
        self.unread = Unread()
        self._templates = Templates(self.unread)
        self._seen: set[Path] = set()
        self._places: dict[str, Place] = {}

    def add(self, path: Path, source: Source, top: dict[str, Field]) -> Part:
        """Take a file, and those that it includes."""
        self._seen.add(path.resolve())
        loading = self._loading
        context = Context(
            source,
            loading.prompts,
            lambda name: loading.named(name, path),
            schedules=loading.house.schedules if loading.house else None,
            languages=languages_of(self.flow, loading.house),
            means=loading.house.means if loading.house else None,
        )
        states = States(context, self.flow, self.verbs, self.unread)
        part = Part(path, source, top, states)
        self.parts.append(part)
        if "include" in top:
            for node in source.items(top["include"].value):
                try:
                    self._include(part, node)
                except Bad as bad:
                    self.unread |= EVERYTHING
                    source.note(bad, "include")
        return part

    def share(self, path: Path) -> None:
        """Take a file that all flows of a project share."""
        before = len(self.parts)
        self._file(path)
        for part in self.parts[before:]:
            part.shared = True

    def _include(self, part: Part, node: Node) -> None:
        name = part.source.text(node, "a file, such as common.yaml")
        path = part.source.beside(node, part.path.parent, name)
        if len(self._seen) >= MOST_FILES:
            raise Bad(node, f"a flow is made of at most {MOST_FILES} files", Code.TOO_LARGE)
        if path.resolve() not in self._seen:
            self._file(path)

    def _file(self, path: Path) -> None:
        """Take a file; what keeps it from being read is noted."""
        try:
            source, root = Source.parse(path)
        except LoadError as error:
            self.unread |= EVERYTHING
            self._loading.faults += error.faults
            return
        if root is None:
            self.unread |= EVERYTHING
            empty = Place(source.file, 1, 1).fault("empty; expected ivr: 1", Code.EMPTY_FILE)
            self._loading.faults.append(empty)
            return
        top: dict[str, Field] = {}
        try:
            top = read_included_top(source, root)
            if not top.keys() <= set(TOP):
                self.unread |= EVERYTHING
        except Bad as bad:
            self.unread |= EVERYTHING
            source.note(bad)
        self._loading.texts.setdefault(self.flow, []).append(path.read_bytes())
        self.add(path, source, top)

    def read(self) -> None:
        """Read handlers first, since states leave outcomes to them, and then the states.

        What is wrong is noted.
        """
        self._read()
        for part in self.parts:
            self.flow.warnings += part.source.warnings
            self._loading.texts[self.flow] += part.source.others
            try:
                part.source.check()
            except LoadError as error:
                self._loading.faults += error.faults

    def _read(self) -> None:
        for part in self.parts:
            self._read_verbs(part)
            with self.unread.where_noted(part.source, "variables"):
                read_variables(part.source, part.top, self.flow)
            read_handlers(part.states, part.top, shared=part.shared)
            with self.unread.where_noted(part.source, "universal"):
                read_universal(part.states, part.top, shared=part.shared)
            if "templates" in part.top:
                with self.unread.where_noted(part.source, "templates"):
                    self._templates.read(part.source, part.top["templates"])
        for part in self.parts:
            if "states" in part.top:
                self._read_states(part)
        for part in self.parts:
            for name, said in part.states.farewells.items():
                step = farewell(part.states, said)
                if step is not None:
                    self.flow.farewells[name] = step
            known = {*self._places, *self.flow.states, *self.flow.ends}
            part.states.unknown_targets(self.flow.states, known)
            self.whole = self.whole and part.states.whole
            self._loading.verbs.setdefault(self.flow, {}).update(part.states.verbs)
        self.whole = self.whole and not self.unread
        if self.whole:
            self._drop_unused()

    def _drop_unused(self) -> None:
        """Of what all flows share, those states are this flow's to which something leads."""
        used = reached(self.flow)
        for part in self.parts:
            for name in part.shared_states - used:
                del self.flow.states[name]

    def _read_verbs(self, part: Part) -> None:
        for node in part.source.items(part.top["verbs"].value) if "verbs" in part.top else ():
            try:
                name = part.source.text(node, "a file, such as my_verbs.py")
                path = part.source.beside(node, part.path.parent, name)
                found = read_verbs(path)
            except Bad as bad:
                self.unread.add("verbs")
                part.source.note(bad, "verbs")
            except LoadError as error:
                self.unread.add("verbs")
                self._loading.faults += error.faults
            else:
                for name in found.keys() & self.verbs.keys():
                    wrong = f"verb {name!r} is declared twice"
                    part.source.fault(node, wrong, Code.GIVEN_TWICE)
                self.verbs |= found
                self._loading.texts.setdefault(self.flow, []).append(path.read_bytes())

    def _read_states(self, part: Part) -> None:
        source = part.source
        try:
            fields = source.fields(part.top["states"].value, "states, each with do and then")
        except Bad as bad:
            self.unread.add("states")
            return source.note(bad)
        if not fields and self.whole and len(self.parts) == 1:
            nothing = "expected at least one state, with do and then"
            source.fault(part.top["states"].key, nothing, Code.EMPTY_VALUE)
            self.unread.add("states")
        for name, each in fields.items():
            wrong = bad_name(name, self.flow)
            if wrong is None and name in self._places and not part.shared:
                also = f"state {name!r} is declared twice; also at {self._places[name]}"
                wrong = also, Code.GIVEN_TWICE
            if wrong is not None:
                self.whole = False
                self._places.setdefault(name, source.place(each.key))
                source.fault(each.key, *wrong)
            elif name not in self._places and name not in self.flow.states:
                self._places[name] = source.place(each.key)
                self._state(part, name, each)
                if part.shared and name in self.flow.states:
                    part.shared_states.add(name)

    def _state(self, part: Part, name: str, said: Field) -> None:
        if not _uses_template(said.value):
            return self.flow.add(part.states.state(name, said))
        where = f"{name}, {self._places[name]}"
        found = None
        try:
            fields = part.source.fields(said.value, "a state")
            found = self._templates.expand(part.source, fields, where)
        except Bad as bad:
            part.source.note(bad, name)
        if found is None:
            self.whole = False
            return
        template, node = found
        owner = next(p for p in self.parts if p.source is template.source)
        with template.source.used_by(where):
            state = owner.states.state(name, Field(said.key, node), self._places[name])
        self.flow.add(state)


def _uses_template(node: Node) -> bool:
    return isinstance(node, MappingNode) and any(k.value == "template" for k, _ in node.value)
