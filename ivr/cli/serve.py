"""ivr serve: open the line and answer."""

from __future__ import annotations

import gc
import logging
from pathlib import Path

from ..config import Settings
from ..project import load_project
from ..sip.check import require_usable
from ..sip.phone import Phone
from ..sip.settings import LineSettings
from ..speech.prompts import PromptStore
from ..store.journal import Journal
from ..worker import Worker, drain_on_signals
from .output import progress


def run(file: Path) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    project = load_project(file)
    settings, routes, prompts = project.settings, project.routes, project.prompts()
    require_usable(line_settings(settings))
    render(prompts)
    phone = Phone(line_settings(settings), prompts.resolve)
    worker = Worker(
        phone,
        lambda offer: routes.find(offer.dialled),
        Journal(settings.journals),
        drain_seconds=settings.drain_seconds,
    )
    try:
        phone.start()
        # A destructor of a SIP object that runs in another thread ends the process: from here on
        # the worker collects, in this one.
        gc.collect()
        gc.freeze()
        gc.disable()
        drain_on_signals(worker)
        _announce(settings, phone)
        worker.run()
    finally:
        prompts.close()


def line_settings(settings: Settings) -> LineSettings:
    """The part of the settings that the line reads."""
    return LineSettings(recordings=settings.messages, **settings.sip.model_dump())


def render(prompts: PromptStore) -> None:
    """Render what is not in the cache yet, with a bar if that takes time."""
    if not prompts.missing():
        prompts.render_all()
        return
    with progress("Rendering prompts") as step:
        prompts.render_all(step)


def _announce(settings: Settings, phone: Phone) -> None:
    sip = settings.sip
    where = f"{sip.public_address or sip.address}:{sip.port}"
    kinds = "UDP and TCP" if sip.tcp else "UDP"
    print(f"Answering sip:{where} ({kinds}), up to {phone.capacity} calls at once.")
    number = next((n for n in settings.routes if not n.endswith("*")), "100")
    print(f"Call sip:{number}@{where} with any SIP phone. Ctrl-C ends.", flush=True)
