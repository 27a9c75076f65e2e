"""Whether the settings have what a flow names of them, where they are known."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from yaml.nodes import Node

from ..engine.codes import Code
from ..engine.verb import ACCOUNT, ASKED, DATABASE, MAILBOX
from .source import Bad, suggest

if TYPE_CHECKING:
    from .convert import Context


def check_secrets(node: Node, names: Collection[str], context: Context) -> None:
    """Raises `Bad` for the first of *names* that is no secret of the settings."""
    if context.means is not None:
        for name in sorted(names):
            _require("secret", name, node, context.means.secrets, Code.UNKNOWN_SECRET)


def check_name(node: Node, text: str, kinds: Collection[str], context: Context) -> None:
    """Raises `Bad` where *text*, which is of such *kinds*, names what the settings do not have."""
    means = context.means
    if means is None or not text:
        return
    if ACCOUNT.name in kinds:
        _require("account", text, node, means.accounts, Code.UNKNOWN_ACCOUNT)
    if DATABASE.name in kinds:
        _require("database", text, node, means.databases, Code.UNKNOWN_DATABASE)
    if ASKED.name in kinds and (wrong := means.refusal(text)):
        raise Bad(node, wrong, Code.FORBIDDEN_ADDRESS)
    boxes = means.mailboxes if MAILBOX.name in kinds and "{" not in text else ()
    if boxes and text not in boxes:
        hint = suggest(text, sorted(boxes))
        wrong = f"no mailbox {text!r} in ivr.yaml, so it has no PIN and no lamp; {hint}"
        context.source.warn(node, wrong, Code.UNKNOWN_MAILBOX)


def _require(what: str, name: str, node: Node, known: Collection[str], code: Code) -> None:
    if name not in known:
        hint = suggest(name, sorted(known)) if known else "it has none"
        raise Bad(node, f"no {what} {name!r} in ivr.yaml; {hint}", code)
