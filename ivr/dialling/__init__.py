"""Call somebody, and hear how it went: by the server that runs, or on a line of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ..engine.flow import Flow

FILES = (".yaml", ".yml", ".py")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call out went.

    `outcome`: `answered` (and the flow went on until it or the far end was done), `not_accepted`
    (nobody pressed the key), `busy`, `no_answer`, `rejected`, `unreachable`, or `failed`: the flow
    broke, or the call was cut; `reason` says by what.  `code` is the SIP status that decided, 0
    where none came.  `record`: the
    record of the call, as `ivr calls show --json` has it.
    """

    outcome: str
    code: int
    reason: str
    record: Mapping[str, Any]


class Way(Protocol):
    """A way to call."""

    def call(self, order: Mapping[str, str]) -> Iterator[str]:
        """Call; the lines of the journal, as they come.  *order* is as `Operator.dial` takes it.

        Raises `IvrError` where nobody can be called.
        """

    def hang_up(self) -> None:
        """End the call.  Fit for a signal handler."""


def dial(
    to: str,
    flow: str | Path | Flow,
    *,
    settings: str | Path = "ivr.yaml",
    caller_id: str = "",
    account: str = "",
    ring: float = 30.0,
    accept: str = "1",
    prompt: str = "",
) -> Outcome:
    """Call the SIP URI *to*; *flow* begins when somebody answers.  Returns when the call is over.

    *flow* is the name of one of the project with these *settings*, a file, or a `Flow`.  A name is
    left to the server of the project, where one runs; otherwise the call is made in this process,
    on a line of its own, one call at a time.  *caller_id*: the number that is shown; *ring*:
    seconds that it may ring; *accept*: the key with which the call is taken after *prompt*, or
    `none`, for mailboxes, too.

    Raises `LoadError` for faults of the project or the flow, and `SettingsError` where nobody can
    be called.
    """
    order = {
        "to": to, "caller_id": caller_id, "account": account, "ring": f"{ring:g}",
        "accept": accept, "prompt": prompt,
    }  # fmt: skip
    way, name = way_of(flow, Path(settings))
    return call(way, {"flow": name, **{key: text for key, text in order.items() if text}})


def way_of(flow: str | Path | Flow, settings: Path) -> tuple[Way, str]:
    """How to call with *flow*, and its name.  Raises `LoadError` and `SettingsError`."""
    from ..config import load_settings
    from .own_line import OwnLine
    from .server import Server

    if isinstance(flow, str) and not flow.endswith(FILES):
        server = Server.of(load_settings(settings))
        return server or OwnLine.of(settings, flow), flow
    own = OwnLine.of(settings, flow)
    return own, own.flow.name


def call(
    way: Way, order: Mapping[str, str], told: Callable[[str], None] = lambda line: None
) -> Outcome:
    """Call; *told* hears each line of the journal.  Raises `IvrError`."""
    lines = []
    for line in way.call(order):
        told(line)
        lines.append(line)
    return outcome(lines)


def outcome(lines: list[str]) -> Outcome:
    """What the journal of a call out comes to."""
    from ..engine.far_end import outcome_of
    from ..records import HOST
    from ..store.record import parsed, plain, record_of

    known = [parsed(line) for line in lines]
    call_id = next((str(line["call"]) for line in known if "call" in line), "")
    record = record_of(call_id, lines)
    word = reason = ""
    match record.ended_by:
        case "caller" | "flow" if any(line.get("kind") == "not_accepted" for line in known):
            word = "not_accepted"
        case "caller" | "flow" if record.answered:
            word = "answered"
        case "no_answer":
            word = "no_answer"
        case "far_end":
            word, reason = outcome_of(record.code, record.reason), record.reason
        case "error" | "worker":
            word, reason = "failed", record.reason
        case by:
            word, reason = "failed", by
    return Outcome(word, record.code, reason, plain(record, HOST))
