"""ivr call: be the caller, in the terminal."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from ..engine.errors import LoadError, SettingsError
from ..engine.events import Offered
from ..project import Ground, unfit
from ..testing.interactive import be_the_caller
from ..testing.offer import moment
from ..testing.simulated_call import MONDAY


def run(file: Path, at: str, caller: str, dialled: str, settings_file: Path) -> None:
    if sys.stdin is None or sys.stdout is None:  # as with >&-
        raise SettingsError(
            "a call in the terminal needs its input and its output, and one is closed;"
            " `ivr test` needs neither"
        )
    ground = Ground.read(settings_file).of_others()  # whose secrets are made up
    flow = ground.load_one(file)
    if wrong := list(unfit(flow)):
        raise LoadError(wrong)
    language = flow.language or flow.house.known(Offered(caller, dialled)).language
    texts = ground.catalogue.texts(language) if ground.catalogue else {}
    be_the_caller(
        flow,
        input,
        Console(highlight=False),
        texts=texts,
        at=moment(at) if at else MONDAY,
        caller=caller,
        dialled=dialled,
    )
