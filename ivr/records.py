"""The records of a project: what its settings make of `ivr.store`."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from .config import Settings
from .store.spool import Spool

if TYPE_CHECKING:  # SQLAlchemy costs 25 MB: only who keeps or reads records imports it
    from .store.database import Database
    from .store.keeper import Keeper

HOST = socket.gethostname()


def spool(settings: Settings) -> Spool:
    return Spool(settings.spool, settings.journals, (settings.messages, settings.recordings))


def database(settings: Settings) -> Database:
    """Raises `SettingsError` where its driver is not installed."""
    from .store.database import Database

    return Database(settings.records.database)


def keeper(settings: Settings) -> Keeper:
    """The keeper of this machine's records, not started.  Raises `SettingsError`."""
    from .sip.recordings import repair
    from .store.json_lines import JsonLines
    from .store.keeper import Keeper

    records, waiting = settings.records, spool(settings)
    file = JsonLines(records.file, settings.spool / "file.json") if records.file else None
    webhook = None
    if records.webhook:
        from .store.webhook import Webhook  # httpx: 10 MB

        secret = records.webhook_secret.get_secret_value().encode()
        webhook = Webhook(records.webhook, secret, waiting, HOST)
    return Keeper(
        waiting,
        database(settings),
        HOST,
        file=file,
        webhook=webhook,
        keep_days=records.keep_days,
        repair=lambda: [repair(folder) for folder in waiting.recordings],
    )
