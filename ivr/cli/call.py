"""ivr call: be the caller, in the terminal."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from rich.console import Console

from ..engine.errors import LoadError, SettingsError
from ..engine.events import Offered
from ..project import Ground, unfit
from ..testing.handset import Handset
from ..testing.interactive import hold
from ..testing.offer import moment
from ..testing.scenario import load_scenarios
from ..testing.simulated_call import MONDAY
from ..testing.written import save


def run(
    file: Path, at: str, caller: str, dialled: str, settings_file: Path, lines: bool, name: str
) -> None:
    if sys.stdin is None or sys.stdout is None:  # as with >&-
        raise SettingsError(
            "a call in the terminal needs its input and its output, and one is closed;"
            " `ivr test` needs neither"
        )
    mine = Ground.read(settings_file)
    ground = mine.of_others()  # whose secrets are made up
    flow = ground.load_one(file)
    if wrong := list(unfit(flow)):
        raise LoadError(wrong)
    language = flow.language or flow.house.known(Offered(caller, dialled)).language
    phone = Handset(
        flow,
        texts=ground.catalogue.texts(language) if ground.catalogue else {},
        at=moment(at) if at else MONDAY,
        caller=caller,
        dialled=dialled,
    )
    saver = partial(_save, mine, file)
    if lines or not (sys.stdin.isatty() and sys.stdout.isatty()):
        hold(phone, input, Console(highlight=False), saver)
    else:
        from ..phone_screen import PhoneScreen  # a fifth of a second

        PhoneScreen(phone, saver).run()
    if name:
        print(saver(phone, name))


def _save(ground: Ground, file: Path, phone: Handset, name: str) -> str:
    """Beside the flow, where `ivr test` finds it."""
    load = partial(load_scenarios, prompts=ground.prompts, house=ground.house)
    path, told = save(phone, name, file, load)
    return f"saved as {told!r} in {path}"
