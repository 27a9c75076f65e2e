"""Read a flow from YAML.  The result is the same `Flow` that a Python file builds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from yaml.nodes import Node

from ..engine.errors import LoadError
from ..engine.flow import Place
from .convert import Context
from .read_state import States, bad_name
from .source import Bad, Source
from .top import make_flow, read_top

if TYPE_CHECKING:
    from .loading import Loading


def read_yaml(path: Path, loading: Loading) -> None:
    """Read one flow file, as a part of *loading*.  Raises `LoadError` with every fault of it."""
    source, root = Source.parse(path)
    if root is None:
        raise LoadError([Place(source.file, 1, 1).fault("empty; a flow begins with ivr: 1")])
    try:
        _read(path, source, root, loading)
    except Bad as bad:
        source.note(bad)
    source.check()


def _read(path: Path, source: Source, root: Node, loading: Loading) -> None:
    top = read_top(source, root)
    before = len(source.faults)
    flow = make_flow(source, root, top)
    if len(source.faults) > before:
        loading.broken.add(flow)
    loading.texts[flow] = [path.read_bytes()]
    loading.begin(path, flow)
    if "states" not in top:
        return
    context = Context(
        source,
        loading.prompts,
        lambda name: loading.named(name, path),
        schedules=loading.house.schedules if loading.house else None,
    )
    reader = States(context, flow)
    start = top.get("start")
    if start is not None and flow.start:
        reader.targets.append(start.value)
    before = len(source.faults)
    states = source.fields(top["states"].value, "states, each with do and then")
    reader.whole = flow.start != "" and len(source.faults) == before
    if not states and reader.whole:
        raise Bad(top["states"].key, "expected at least one state, with do and then")
    for name, part in states.items():
        wrong = bad_name(name, flow)
        if wrong:
            reader.whole = False
            source.fault(part.key, wrong)
        else:
            flow.add(reader.state(name, part))
    reader.unknown_targets(flow.states, {*states, *flow.ends})
    loading.verbs[flow] = reader.verbs
    if reader.whole:
        source.faults += flow.faults()
