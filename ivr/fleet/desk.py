"""The fleet as operators see it: what the control API and the metrics ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, cast

from ..sip.accounts import Registration
from ..web.operator import LiveCall, RegistrationView, WorkerView
from .supervisor import Supervisor

CALL = ("id", "caller", "dialled", "flow", "state", "since")


class Desk:
    """An `Operator`: questions and orders, answered by the supervisor."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    def calls(self) -> list[LiveCall]:
        lives = self._supervisor.crew.lives.values()
        return [
            LiveCall(**{key: call[key] for key in CALL}, worker=life.name)  # type: ignore[typeddict-item]
            for life in lives
            for call in life.live
        ]

    def workers(self) -> list[WorkerView]:
        supervisor = self._supervisor
        return [
            WorkerView(
                slot=life.slot,
                life=life.name,
                pid=life.pid,
                port=supervisor.place(life.slot).port,
                state=life.phase.value,
                live=len(life.live),
                capacity=life.capacity,
                restarts=supervisor.restarts[life.slot],
            )
            for life in sorted(supervisor.crew.lives.values(), key=lambda life: life.slot)
        ]

    def registrations(self) -> list[RegistrationView]:
        told = self._supervisor.registrations
        return [
            cast(RegistrationView, told.get(name, asdict(Registration(name, account.registrar))))
            for name, account in self._supervisor.settings.accounts.items()
            if account.registers
        ]

    def restarts(self) -> int:
        return self._supervisor.restarts.total()

    def ready(self) -> bool:
        return bool(self._supervisor.crew.serving()) and not self._supervisor.crew.closing

    async def tell(self, call_id: str, command: dict[str, Any]) -> bool:
        return await self._supervisor.tell(call_id, command)

    async def dial(self, order: Mapping[str, str]) -> str:
        return await self._supervisor.dial(order)

    async def drain(self, slot: int) -> bool:
        return self._supervisor.replace(slot)

    async def reload(self) -> list[str]:
        return await self._supervisor.reload()

    def override(self, schedule: str, state: Literal["open", "closed", ""]) -> None:
        self._supervisor.override(schedule, state)

    def overrides(self) -> dict[str, str]:
        return dict(self._supervisor.overrides)

    def journal(self, call_id: str) -> Path | None:
        # A call's id begins with the day of its offer.
        journals = self._supervisor.settings.journals
        day = f"{call_id[:4]}-{call_id[4:6]}-{call_id[6:8]}"
        file = journals / day / f"{call_id}.jsonl"
        return file if file.parent.parent == journals and file.exists() else None
