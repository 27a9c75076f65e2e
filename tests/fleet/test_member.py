"""What the supervisor tells a worker to do, and what comes back."""

import json
from pathlib import Path
from typing import Any, cast

from ivr.engine.call_out import CallOut
from ivr.engine.flow import Flow
from ivr.fleet.link import Link
from ivr.fleet.member import Member
from ivr.routes import Routes
from ivr.speech.prompts import PromptStore
from tests.wiring.hall import Hall, menu


class _NoAccounts:
    """A registrar's client that has none to keep."""

    def states(self) -> list[object]:
        return []


class _Prompts:
    replaced = untranslated = stood_in = 0


def dialled(folder: Path, flow: Flow) -> dict[str, Any]:
    """What a worker answers that is told to call somebody with *flow*."""
    hall = Hall(folder, None)
    phone = cast(Any, hall.phone)
    phone.registrar, phone.refuses = _NoAccounts(), lambda order: ""
    link, supervisor = Link.pair()
    prompts = cast(PromptStore, _Prompts())
    member = Member(link, phone, hall.worker, Routes({"100": flow}), prompts, 0.0)
    order = {"id": "a", "to": "sip:601@pbx", "flow": flow.name}
    supervisor.send(json.dumps({"dial": order, "number": 7}).encode())
    member.attend()
    told = {}
    while "told" not in told:
        told = json.loads(supervisor.recv(10_000))
    assert hall.phone.dialled == ([] if "why" in told else [CallOut("a", "sip:601@pbx", "menu")])
    link.close()
    supervisor.close()
    return told


def test_a_call_out_is_made(tmp_path: Path) -> None:
    assert dialled(tmp_path, menu()) == {"told": 7}


def test_a_flow_that_cannot_be_walked_is_refused_and_the_worker_goes_on(tmp_path: Path) -> None:
    flow = menu()
    flow.on_error = "nowhere"
    told = dialled(tmp_path, flow)
    assert told["kind"] == "refused" and "no such state: 'nowhere'" in told["why"]
