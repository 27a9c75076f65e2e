"""ivr call: be the caller, in the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from ..flowfile import load_flow, read_house
from ..project import read_prompts
from ..testing.interactive import be_the_caller
from ..testing.offer import moment
from ..testing.simulated_call import MONDAY


def run(file: Path, at: str, caller: str, dialled: str, settings_file: Path) -> None:
    catalogue = read_prompts(settings_file)
    flow = load_flow(
        file, catalogue.everywhere() if catalogue else None, house=read_house(settings_file)
    )
    texts = catalogue.texts(flow.language) if catalogue else {}
    be_the_caller(
        flow,
        input,
        Console(highlight=False),
        texts=texts,
        at=moment(at) if at else MONDAY,
        caller=caller,
        dialled=dialled,
    )
