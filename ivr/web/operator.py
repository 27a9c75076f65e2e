"""Who carries out what comes in by the control API: the supervisor, seen from here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Protocol, TypedDict


class LiveCall(TypedDict):
    """A call that goes on; `since` in seconds since 1970 (UTC)."""

    id: str
    caller: str
    dialled: str
    flow: str
    state: str
    worker: str
    since: float


class WorkerView(TypedDict):
    """A worker's place and who holds it: `life` names the process, anew with each restart."""

    slot: int
    life: str
    pid: int
    port: int
    state: str
    live: int
    capacity: int
    restarts: int


class RegistrationView(TypedDict):
    """How an account is registered: `registered`, `trying`, `failing`, `refused` or `idle`.

    It is so since `since`, and the registrar knows it until `until` (0: it does not), both in
    seconds since 1970 (UTC); `code` and `reason` are its last answer's (0: there was none).
    """

    account: str
    registrar: str
    state: str
    since: float
    until: float
    code: int
    reason: str


class NotDialled(Exception):
    """A call out that is not made; the text says why."""

    def __init__(self, kind: Literal["unknown", "refused", "no_room"], why: str) -> None:
        super().__init__(why)
        self.kind = kind


class Operator(Protocol):
    """The fleet, as far as the control API and the metrics need it."""

    def calls(self) -> list[LiveCall]:
        """Every live call."""

    def workers(self) -> list[WorkerView]:
        """Every worker, by slot."""

    def registrations(self) -> list[RegistrationView]:
        """Every account that is to be registered."""

    def restarts(self) -> int:
        """How many workers have died, or did not start, since the server began."""

    def ready(self) -> bool:
        """Whether a call that comes now would be answered."""

    async def tell(self, call_id: str, command: dict[str, Any]) -> bool:
        """Hand *command* to the worker of a live call; False: no such call.

        ``{"do": "move", "state": …}``, ``{"do": "play", "prompt": …}`` or ``{"do": "hang_up"}``.
        """

    async def dial(self, order: Mapping[str, str]) -> str:
        """Have a worker make a call out; its id.  Its journal is there then.

        `to` and `flow`, and the others of `CallOut`, each as text; `accept` may be `none`.
        Raises `NotDialled`: `unknown` (what is asked for is not there), `refused`, `no_room`.
        """

    async def drain(self, slot: int) -> bool:
        """Let the worker finish its calls and be replaced; False: no such worker."""

    async def reload(self) -> list[str]:
        """Read the project anew, for new calls.  What is wrong with it; nothing: it is done."""

    def override(self, schedule: str, state: Literal["open", "closed", ""]) -> None:
        """Let *schedule* be `state` for new calls, whatever its rules say; empty: no longer."""

    def overrides(self) -> dict[str, str]:
        """What is overridden now: the schedule, and `open` or `closed`."""

    def journal(self, call_id: str) -> Path | None:
        """The journal of a call, live or over; None: there is none."""
