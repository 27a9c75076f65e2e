"""ivr draw: a flow as a picture."""

from __future__ import annotations

from pathlib import Path

from ..config import load_settings
from ..engine.errors import SettingsError
from ..engine.flow import Flow
from ..flowfile import load_flow
from ..inspect.draw import FORMATS, Covered, Picture, Traffic, Trip, picture_of, render
from ..project import Ground


def run(
    file: Path, out: Path | None, everything: bool, since: str, cov: Path | None, settings: Path
) -> None:
    wanted(out)
    if since and cov:
        raise SettingsError("--calls and --cov each have colours of their own; leave one out")
    flow = read(file, settings)
    over = traffic(settings, flow, since) if since else Covered.read(cov, flow) if cov else None
    show(picture_of(flow, everything=everything, over=over), out)


def traffic(file: Path, flow: Flow, since: str) -> Traffic:
    """The calls through *flow*, as far back as *since* says: 7d.  Raises `SettingsError`."""
    from ..store import calls
    from .calls import moment, reading

    wanted = calls.Filter(moment(since, option="--calls"), flow=flow.name)
    with reading(load_settings(file)) as connection:
        trips = [
            Trip(tuple(path.split(" > ")) if path else (), last, ended_by, number)
            for path, last, ended_by, number in calls.trips(connection, wanted)
        ]
    return Traffic(flow, trips)


def wanted(out: Path | None) -> None:
    """Raises `SettingsError` where nothing can be written that is called *out*."""
    if out is not None and out.suffix not in FORMATS:
        raise SettingsError(f"{out}: expected a file that ends in {', '.join(FORMATS)}")


def read(file: Path, settings_file: Path) -> Flow:
    """The flow in *file*, whether or not all that it names exists here.  Raises `LoadError`."""
    return load_flow(file, house=Ground.read(settings_file).of_others().house)


def show(drawn: Picture, out: Path | None) -> None:
    """Write *drawn* to *out*, or print it.  Raises `SettingsError`."""
    if out is None:
        print(render(drawn, "mmd").decode(), end="")
    else:
        out.write_bytes(render(drawn, FORMATS[out.suffix]))
