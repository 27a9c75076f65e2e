"""A fleet that is only told about: what the API and the metrics see of the supervisor."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from ivr.web.operator import LiveCall, NotDialled, RegistrationView, WorkerView

CALL = "20251122-120000-0123456789"


class FakeFleet:
    """Remembers what it was asked to do."""

    def __init__(self) -> None:
        self.live = [a_call()]
        self.places = [a_worker(0), a_worker(1, state="starting", live=0, restarts=2)]
        self.accounts = [an_account()]
        self.is_ready = True
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.drained: list[int] = []
        self.dialled: list[Mapping[str, str]] = []
        self.not_dialled: NotDialled | None = None
        self.faults: list[str] = []
        self.journals: dict[str, Path] = {}
        self.overridden: dict[str, str] = {}

    def calls(self) -> list[LiveCall]:
        return self.live

    def workers(self) -> list[WorkerView]:
        return self.places

    def registrations(self) -> list[RegistrationView]:
        return self.accounts

    def restarts(self) -> int:
        return sum(place["restarts"] for place in self.places)

    def ready(self) -> bool:
        return self.is_ready

    async def tell(self, call_id: str, command: dict[str, Any]) -> bool:
        if not any(call["id"] == call_id for call in self.live):
            return False
        self.told.append((call_id, command))
        return True

    async def dial(self, order: Mapping[str, str]) -> str:
        if self.not_dialled:
            raise self.not_dialled
        self.dialled.append(order)
        return CALL

    async def drain(self, slot: int) -> bool:
        if slot >= len(self.places):
            return False
        self.drained.append(slot)
        return True

    async def reload(self) -> list[str]:
        return self.faults

    def override(self, schedule: str, state: Literal["open", "closed", ""]) -> None:
        if state:
            self.overridden[schedule] = state
        else:
            self.overridden.pop(schedule, None)

    def overrides(self) -> dict[str, str]:
        return self.overridden

    def journal(self, call_id: str) -> Path | None:
        return self.journals.get(call_id)


def a_call(flow: str = "menu") -> LiveCall:
    return {
        "id": CALL,
        "caller": "alice",
        "dialled": "100",
        "flow": flow,
        "state": "greet",
        "worker": "w0-3f2a91",
        "since": 1_763_812_800.0,
    }


def an_account(name: str = "trunk", until: float = 1_763_812_800.0) -> RegistrationView:
    return {
        "account": name,
        "registrar": "sip:sip.example.com",
        "state": "registered" if until else "failing",
        "since": 1_763_800_000.0,
        "until": until,
        "code": 200 if until else 503,
        "reason": "OK" if until else "Service Unavailable",
    }


def a_worker(slot: int, state: str = "ready", live: int = 1, restarts: int = 0) -> WorkerView:
    return {
        "slot": slot,
        "life": f"w{slot}-3f2a91",
        "pid": 4000 + slot,
        "port": 15060 + slot,
        "state": state,
        "live": live,
        "capacity": 4,
        "restarts": restarts,
    }
