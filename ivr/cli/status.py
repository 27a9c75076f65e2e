"""ivr status: how a server that runs is, asked by its control API."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from ..config import Settings, load_settings
from ..engine.errors import SettingsError
from .output import as_json, print_columns

PATIENCE = 5.0  # seconds


def run(file: Path, json: bool) -> int:
    """Print it.  Returns the exit code: 1 when no call would be answered, or no registrar knows of
    an account."""
    found = asked(load_settings(file))
    if json:
        as_json(found)
    else:
        _show(found)
    known = all(each["until"] > time.time() for each in found["registrations"])
    ready = any(each["state"] == "ready" for each in found["workers"])
    return 0 if ready and known else 1


def asked(settings: Settings) -> dict[str, Any]:
    """What the server of these settings tells of itself.

    Raises `SettingsError`: the server does not run, or does not let us in."""
    control = settings.control
    where = f"http://{control.address}:{control.port}"
    try:
        token = control.token.get_secret_value() or settings.token_file.read_text().strip()
    except OSError as error:
        raise SettingsError(
            f"the token file {settings.token_file} cannot be read: {error.strerror};"
            " `ivr serve` makes it, for the user that it runs as"
        ) from None
    found: dict[str, Any] = {}
    try:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=where, headers=headers, timeout=PATIENCE) as client:
            for name in ("workers", "calls", "registrations"):
                found |= client.get(f"/v1/{name}").raise_for_status().json()
    except httpx.HTTPStatusError as error:
        code = error.response.status_code
        raise SettingsError(
            f"the control API at {where} says {code}: is it the server of these settings?"
        ) from None
    except (httpx.HTTPError, ValueError) as error:
        raise SettingsError(
            f"no server answers at {where}: {error}; `ivr serve` starts it"
        ) from None
    return found


def _show(found: dict[str, Any]) -> None:
    states = Counter(worker["state"] for worker in found["workers"])
    room = sum(w["capacity"] for w in found["workers"] if w["state"] == "ready")
    workers = ", ".join(f"{number} {state}" for state, number in states.items())
    print(f"workers: {workers or 'none'}")
    print(f"calls: {len(found['calls'])} of {room}")
    if accounts := found["registrations"]:
        print()
        head = ["account", "registrar", "state", "since", "until", "answer"]
        print_columns([head, *map(_row, accounts)])


def _row(account: dict[str, Any]) -> list[str]:
    answer = f"{account['code'] or ''} {account['reason']}".strip()
    since, until = _moment(account["since"]), _moment(account["until"])
    return [account["account"], account["registrar"], account["state"], since, until, answer]


def _moment(seconds: float) -> str:
    """A moment as `ivr calls` shows it, in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}" if seconds else "-"
