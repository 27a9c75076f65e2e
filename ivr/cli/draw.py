"""ivr draw: a flow as a picture."""

from __future__ import annotations

from pathlib import Path

from ..engine.errors import SettingsError
from ..engine.flow import Flow
from ..flowfile import load_flow
from ..inspect.draw import FORMATS, Picture, picture_of, render
from ..project import Ground


def run(file: Path, out: Path | None, everything: bool, settings_file: Path) -> None:
    wanted(out)
    flow = read(file, settings_file)
    show(picture_of(flow, everything=everything), out)


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
