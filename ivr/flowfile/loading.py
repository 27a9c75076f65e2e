"""One reading of a flow, and of every flow that it calls; each file is read once."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from hashlib import sha256
from pathlib import Path

from ..engine.codes import Code
from ..engine.errors import Fault, FlowError, LoadError
from ..engine.flow import Flow
from ..engine.house import House
from .answered import misplaced
from .bound import Bound
from .endless import endless
from .library_prompts import speak
from .parts import Parts
from .plurals import faults
from .source import is_file, meant_beside, suggest

LIBRARY = Path(__file__).parents[1] / "library"
LIBRARY_PREFIX = "library/"


def library() -> list[str]:
    """The names of the flows that come with the product."""
    return sorted(found.stem for found in LIBRARY.glob("*.yaml") if "." not in found.stem)


def of_library(name: str) -> Path:
    """The file of ``library/NAME``.  Raises `FlowError` where there is none."""
    path = LIBRARY / f"{name.removeprefix(LIBRARY_PREFIX).removesuffix('.yaml')}.yaml"
    if not is_file(path):
        known = [LIBRARY_PREFIX + each for each in library()]
        raise FlowError(f"no flow {name!r} in the library; {suggest(name, known)}")
    return path


class Loading:
    """`flows` by their files, from the moment that their outcomes are known; `verbs`: what the
    states of those in YAML do; `texts`: what was read for each; `broken`: those of which it is not
    known how they can be called."""

    def __init__(
        self,
        prompts: Collection[str] | None,
        house: House | None = None,
    ) -> None:
        self.prompts = prompts
        self.house = house
        self.flows: dict[str, Flow] = {}
        self.verbs: dict[Flow, dict[str, list[Bound]]] = {}
        self.texts: dict[Flow, list[bytes]] = {}
        self.broken: set[Flow] = set()
        self.faults: list[Fault] = []

    def load(self, path: Path) -> Flow:
        """The flow in *path*, checked with all that it calls.  Raises `LoadError`."""
        flow = self.flow(path)
        if not self.faults:
            self.faults += endless(self.flows.values(), self.verbs)
            for each in self.flows.values():
                self.faults += () if each in self.verbs else faults(each, self.house)
        if not self.faults and not (flow.outcomes or flow.arguments):
            self.faults += misplaced(flow, self.verbs)
        if self.faults:
            raise LoadError(sorted(set(self.faults)))
        for each in flow.family():
            each.version = self._version(each)
            each.house = self.house or each.house
        return flow.check()

    def flow(self, path: Path) -> Flow:
        """The flow in *path*; what is wrong with it is noted."""
        key = _key(path)
        if key not in self.flows:
            try:
                self._read(path)
            except LoadError as error:
                self.faults += error.faults
                if key not in self.flows:
                    self.flows[key] = Flow(path.stem, start="")
                    self.broken.add(self.flows[key])
        return self.flows[key]

    def share(self, parts: Parts) -> None:
        """Add what all flows share to one that takes calls; one that is called stands alone."""
        shared = self.house.shared if self.house else ""
        if shared and not (parts.flow.outcomes or parts.flow.arguments):
            parts.share(Path(shared))

    def begin(self, path: Path, flow: Flow) -> None:
        """The outcomes and arguments of *flow* are known, so that it can be called."""
        self.flows[_key(path)] = flow

    def named(self, name: str, caller: Path) -> Flow | None:
        """The flow that *caller* calls *name*; None where what it has is not known.

        Raises `FlowError` where there is no such file.
        """
        if name.startswith(LIBRARY_PREFIX):
            path = of_library(name)
        else:
            path = caller.parent / name
            if not is_file(path):
                raise FlowError(f"no flow {path}{meant_beside(path)}")
        flow = self.flow(path)
        return None if flow in self.broken else flow

    def _read(self, path: Path) -> None:
        # They read what a flow calls, and so this module.
        from .read_python import read_python
        from .read_yaml import read_yaml

        match path.suffix:
            case ".yaml" | ".yml":
                read_yaml(path, self)
                if path.parent == LIBRARY:
                    self._speak(self.flows[_key(path)])
            case ".py":
                flow = read_python(path, self.prompts, lambda flow: self._prepare(path, flow))
                self.begin(path, flow)
            case _:
                wrong = "expected a flow file: .yaml or .py"
                raise LoadError([Fault(str(path), 0, 0, wrong, Code.NOT_A_FLOW)])

    def _speak(self, flow: Flow) -> None:
        speak(flow, self.prompts)
        self.texts[flow].append(repr(flow.translations).encode())

    def _prepare(self, path: Path, flow: Flow) -> None:
        """Add to a flow in Python what all flows share."""
        self.texts[flow] = [path.read_bytes()]
        parts = Parts(flow, self)
        self.share(parts)
        if parts.parts:
            parts.read()
            del self.verbs[flow]  # of what it says itself nothing is known
        if self.faults:
            raise LoadError(self.faults)

    def _version(self, flow: Flow) -> str:
        return sha256(b"".join(self._parts(flow))).hexdigest()[:12]

    def _parts(self, flow: Flow) -> Iterator[bytes]:
        for each in flow.family():
            # A flow that a Python file loaded or built by itself has its version, or none.
            yield from self.texts.get(each, [each.version.encode()])


def _key(path: Path) -> str:
    return os.path.abspath(path)  # unlike `resolve`, it takes any name
