"""What a project gives to all its flows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from .events import Offered
from .schedule import Schedule
from .statuses import CODES

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Means:
    """What the settings have for flows to name: secrets, accounts, databases, mailboxes.

    `mail`: whether there is a server that mails go to; `refusal` says why an URL may not be asked,
    as far as that can be told without asking; empty: it may.
    """

    secrets: Collection[str] = ()
    accounts: Collection[str] = ()
    databases: Collection[str] = ()
    mailboxes: Collection[str] = ()
    mail: bool = False
    refusal: Callable[[str], str] = lambda url: ""


@dataclass(frozen=True, slots=True)
class House:
    """`language` and `zone` are those of flows that name none; `schedules` have names.

    `statuses` are the codes of named refusals; `shared` is the file with what all flows have, if
    there is one; `languages` are those in which every flow is to be complete.  `known` adds to an
    offer what the project knows by its numbers: the lists that the caller is on, and the language.
    `means`: what flows can name of the settings; None: not known, as in stories, which make it up.
    """

    language: str = ""
    zone: ZoneInfo = UTC
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=lambda: CODES)
    shared: str = ""
    languages: tuple[str, ...] = ()
    known: Callable[[Offered], Offered] = lambda offer: offer
    means: Means | None = None


NO_HOUSE = House()
