"""What the settings lack for a verb, besides what it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..engine.codes import Code
from ..engine.house import Means
from ..engine.verb import DATABASE, MAILED, Verb
from .bind import signature_of


def lacking(
    verb: Verb, named: Mapping[str, Any], means: Means | None
) -> Iterator[tuple[str, Code]]:
    """What the settings lack for *verb* to do what its arguments *named* say."""
    if means is None:
        return
    for name, hint in signature_of(verb.run).hints.items():
        metadata = getattr(hint, "__metadata__", ())
        if MAILED in metadata and named.get(name) is not None and not means.mail:
            yield "ivr.yaml names no server for mails; set work.mail.host", Code.NO_MAIL_SERVER
        if DATABASE in metadata and not named.get(name) and len(means.databases) != 1:
            known = sorted(means.databases)
            wrong = "ivr.yaml has no database; add it to work.databases"
            if known:
                wrong = (
                    f"ivr.yaml has several databases; expected {name}: one of {', '.join(known)}"
                )
            yield wrong, Code.UNKNOWN_DATABASE
