"""Verbs of a flow's own, in a Python file beside it: used as the built-in ones are."""

from __future__ import annotations

from pathlib import Path

from ..engine.codes import Code
from ..engine.errors import Fault, LoadError
from ..engine.verb import VERBS, Verb
from .read_python import run_python

_NONE = "declares no verb, as in: @ivr.verb('find_article', ('found', 'unknown'))"


def read_verbs(path: Path) -> dict[str, Verb]:
    """The verbs that *path* declares.  Raises `LoadError`."""
    builtin = dict(VERBS)
    _, found = run_python(path)
    taken = [name for name in found if name in builtin]
    if taken:
        wrong = f"{taken[0]!r} is a verb already; choose another name"
        line = found[taken[0]].run.__code__.co_firstlineno
        raise LoadError([Fault(str(path), line, 0, wrong, Code.RESERVED_NAME)])
    if not found:
        raise LoadError([Fault(str(path), 0, 0, _NONE, Code.NOTHING_DECLARED)])
    return found
