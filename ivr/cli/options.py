"""What many commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Settings = Annotated[
    Path, typer.Option("--settings", "-s", help="Settings file.", envvar="IVR_SETTINGS")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
DEFAULT = Path("ivr.yaml")
