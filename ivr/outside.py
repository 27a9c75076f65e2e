"""What a project's settings make of `ivr.work`: the pool of a worker, and the secrets of flows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .config import Settings
from .engine.values import Secret
from .speech.sounds import Fetch
from .work.job import Failed, Job
from .work.pool import Pool

if TYPE_CHECKING:  # SQLAlchemy costs 25 MB, httpx 10: only who needs them imports them
    from .config.secrets import SecretSource
    from .project import Project
    from .work.databases import Database
    from .work.http import Http
    from .work.mailboxes import Mailboxes
    from .work.memory import Memory

MEMORY = "memory.db"
Tell = Callable[[str, int, int, int, int], None]
"""Tells the phone at an address of its messages: new, old, urgent ones of both."""
_USER = re.compile(r"[A-Za-z0-9_.+-]+")
Jobs = Mapping[str, Callable[[], Job]]


def nobody(address: str, new: int, old: int, urgent: int, urgent_old: int) -> None:
    """For who has no line to tell phones of their messages."""


def pool(project: Project, wake: Callable[[], None], tell: Tell = nobody) -> Pool:
    """The pool of one worker, whose line can *tell* phones of messages; nothing is opened before it
    is needed."""
    threads = project.settings.work.threads
    return Pool(jobs(project, tell), wake, threads=threads, limits=limits(project))


def limits(project: Project) -> Mapping[str, float]:
    """The most seconds that a job may take."""
    return {"python": project.settings.work.python_seconds}


def jobs(project: Project, tell: Tell = nobody) -> Jobs:
    """How each job is made, the first time that it is asked for."""
    settings = project.settings
    work = settings.work
    http = cache(partial(_http, settings))
    database = cache(partial(_database, settings))
    held = cache(partial(_memory_database, settings, database))
    memory = cache(lambda: _memory(held()))

    def notify() -> Job:
        from .work.mail import Mail, MailServer
        from .work.notify import Notify

        mail = None
        if work.mail.host:
            server = MailServer(
                work.mail.host,
                work.mail.port,
                work.mail.security,
                work.mail.sender,
                work.mail.user,
                _read(work.mail.password, "work.mail.password"),
            )
            mail = Mail(server, (settings.messages, settings.recordings))
        return Notify(http(), mail)

    def sql() -> Job:
        from .work.sql import Sql

        return Sql({name: database(name) for name in work.databases})

    def python() -> Job:
        from .work.python import Python

        files = [*settings.flow_files, *(Path(flow.place.file) for flow in project.further)]
        return Python(list(dict.fromkeys(file.parent for file in files)))

    return {
        "http": http,
        "notify": notify,
        "sql": sql,
        "python": python,
        "mailbox": lambda: _mailboxes(settings, held(), tell),
        "recall": lambda: memory().recall,
        "remember": lambda: memory().remember,
    }


def secrets(settings: Settings) -> dict[str, Secret]:
    """The secrets of the settings.  Raises `SettingsError` for one that is not there."""
    return {name: Secret(source.read(key)) for name, (key, source) in _secrets(settings).items()}


def secret_names(settings: Settings) -> list[str]:
    """What flows call the secrets of the settings, whether they can be read here or not."""
    return list(_secrets(settings))


def _secrets(settings: Settings) -> dict[str, tuple[str, SecretSource]]:
    """Each by what flows call it: what the settings call it, and where it is."""
    pins = {
        f"mailbox_{box}": (f"mailboxes.{box}.pin", each.pin)
        for box, each in settings.mailboxes.items()
        if each.pin
    }
    named = {name: (f"secrets.{name}", each) for name, each in settings.secrets.items()}
    return pins | named


def fetch(settings: Settings) -> Fetch:
    """What gets the sounds of the web; nothing is imported before there is one."""

    @cache
    def download() -> Fetch:
        from .work.hosts import Hosts
        from .work.sound import Download

        return Download(Hosts(settings.work.http.hosts, settings.work.http.private))

    return lambda url, file, seconds: download()(url, file, seconds)


def forbidden(settings: Settings, url: str) -> str:
    """Why *url* may not be fetched, as far as its name tells; empty: it may."""
    from .work.hosts import Hosts

    try:
        hosts = Hosts(settings.work.http.hosts, settings.work.http.private)
        hosts.foresee(urlsplit(url).hostname or "")
    except Failed as error:
        return str(error)
    return ""


def _http(settings: Settings) -> Http:
    from .work.hosts import Hosts
    from .work.http import Http

    return Http(Hosts(settings.work.http.hosts, settings.work.http.private))


def memory_of(settings: Settings) -> Memory | None:
    """What is remembered of callers; None: nothing ever was."""
    return _memory(_memory_database(settings)) if _has_memory(settings) else None


def mailboxes_of(settings: Settings) -> Mailboxes | None:
    """The mailboxes; None: there never was one."""
    return _mailboxes(settings, _memory_database(settings)) if _has_memory(settings) else None


def _has_memory(settings: Settings) -> bool:
    return bool(settings.work.memory) or (settings.var / MEMORY).exists()


def _memory(database: Database) -> Memory:
    from .work.memory import Memory

    return Memory(database)


def _mailboxes(settings: Settings, database: Database, tell: Tell = nobody) -> Mailboxes:
    from .work.mailboxes import Count, Mailboxes

    def changed(box: str, count: Count) -> None:
        if phone := _phone_of(box, settings):
            tell(phone, count.new, count.old, count.urgent_new, count.urgent_old)

    return Mailboxes(database, settings.messages, changed)


def _phone_of(box: str, settings: Settings) -> str:
    """The address of the phone of *box*; empty: it has none."""
    known = settings.mailboxes.get(box)
    if known and known.phone:
        return known.phone
    if not settings.front.users or not _USER.fullmatch(box):
        return ""
    sip = settings.sip
    here = f"{sip.public_address or sip.address}:{sip.port}"
    return f"sip:{box}@{settings.front.domain or here}"


def _memory_database(
    settings: Settings, database: Callable[[str], Database] | None = None
) -> Database:
    from .work.databases import Database

    if settings.work.memory:
        return (database or partial(_database, settings))(settings.work.memory)
    file = settings.var / MEMORY
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(0o640)  # who called is nobody else's business
    return Database(f"sqlite:///{file}")


def _database(settings: Settings, name: str) -> Database:
    from .work.databases import Database

    given = settings.work.databases[name]
    return Database(given.url, _read(given.password, f"work.databases.{name}.password"))


def _read(source: SecretSource | None, name: str) -> str:
    return source.read(name) if source else ""
