"""Images of pictures: graphviz lays them out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from shutil import which
from subprocess import TimeoutExpired, run
from typing import Literal

from ...engine.errors import SettingsError
from .dot import as_dot
from .mermaid import as_mermaid
from .picture import Picture

Format = Literal["svg", "png", "mmd", "dot"]
FORMATS: Mapping[str, Format] = {".svg": "svg", ".png": "png", ".mmd": "mmd", ".dot": "dot"}
_PATIENCE = 60.0  # seconds


def render(picture: Picture, format: Format) -> bytes:
    """*picture* in *format*.  Raises `SettingsError` where graphviz is needed, and not there."""
    match format:
        case "mmd":
            return as_mermaid(picture).encode()
        case "dot":
            return as_dot(picture).encode()
    try:
        done = run(
            _layout(format), input=as_dot(picture).encode(), capture_output=True, timeout=_PATIENCE
        )
    except TimeoutExpired:
        raise SettingsError(f"graphviz took longer than {_PATIENCE:g} s to draw it") from None
    if done.returncode:
        why = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise SettingsError(f"graphviz cannot draw it: {why}")
    return done.stdout


def _layout(format: str) -> list[str]:
    """The command that makes an image of DOT."""
    if find_spec("pygraphviz"):
        return [sys.executable, "-m", "ivr.inspect.draw.layout", format]
    if program := which("dot"):
        return [program, f"-T{format}"]
    raise SettingsError(
        f"graphviz draws {format}, and is not installed; pip install 'ivr[draw]', or apt-get"
        " install graphviz; -o FILE.mmd and -o FILE.dot need neither"
    )
