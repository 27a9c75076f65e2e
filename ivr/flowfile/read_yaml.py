"""Read a flow from YAML.  The result is the same `Flow` that a Python file builds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from yaml.nodes import Node

from ..engine.codes import Code
from ..engine.errors import LoadError
from ..engine.flow import Place
from .parts import Parts
from .read_limits import read_limits
from .source import Bad, Source
from .top import TOP, make_flow, read_top
from .unread import EVERYTHING, Unread

if TYPE_CHECKING:
    from .loading import Loading


def read_yaml(path: Path, loading: Loading) -> None:
    """Read one flow file, as a part of *loading*.  Raises `LoadError` with every fault of it."""
    source, root = Source.parse(path)
    if root is None:
        wrong = "empty; a flow begins with ivr: 1"
        raise LoadError([Place(source.file, 1, 1).fault(wrong, Code.EMPTY_FILE)])
    try:
        _read(path, source, root, loading)
    except Bad as bad:
        source.note(bad)
        source.check()


def _read(path: Path, source: Source, root: Node, loading: Loading) -> None:
    top = read_top(source, root)
    unread = Unread()
    if not top.keys() <= set(TOP):
        unread |= EVERYTHING
    with unread.where_noted(source, "arguments", "outcomes"):
        flow = make_flow(source, root, top)
    if unread:
        loading.broken.add(flow)
    loading.texts[flow] = [path.read_bytes()]
    loading.begin(path, flow)
    parts = Parts(flow, loading)
    parts.unread |= unread
    own = parts.add(path, source, top)
    parts.whole = parts.whole and flow.start != "" and ("states" in top or len(parts.parts) > 1)
    if "start" in top and flow.start:
        own.states.targets.append(top["start"].value)
    read_limits(own.states.context, top, flow)
    loading.share(parts)
    parts.read()
    if parts.whole:
        loading.faults += flow.faults()
