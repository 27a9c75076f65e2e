"""ivr self-call: call a server that runs, and tell how it went."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

from ..config import load_settings
from ..engine.errors import SettingsError
from ..fleet.self_call import Plan, self_call
from ..sip.caller import Address
from ..sip.rtp import KEYS
from .output import complain


def run(file: Path, number: str | None, keys: str | None, target: str | None) -> int:
    """Call once.  Returns the exit code."""
    plan = Plan.of(load_settings(file))
    if number is not None:
        plan = replace(plan, number=number)
    if keys is not None:
        plan = replace(plan, keys=_keys(keys))
    if target is not None:
        plan = replace(plan, target=address(target, "--target"))
    print(f"calling {plan.number} at {plan.target[0]}:{plan.target[1]}", flush=True)
    outcome = asyncio.run(self_call(plan, lambda step: print(step, flush=True)))
    if outcome.fault:
        complain(outcome.fault)
    return 1 if outcome.fault else 0


def _keys(text: str) -> str:
    if set(text) - set(KEYS):
        raise SettingsError(f"--keys {text!r}: expected some of {KEYS}")
    return text


def address(text: str, option: str) -> Address:
    """HOST:PORT, as an *option* has it.  Raises `SettingsError`."""
    found = re.fullmatch(r"([^:\s]+):(\d{1,5})", text)
    if not found or not 0 < int(found[2]) < 65536:
        raise SettingsError(f"{option} {text!r}: expected such as 192.0.2.10:5060")
    return found[1], int(found[2])
