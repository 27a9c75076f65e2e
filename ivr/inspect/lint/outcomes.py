"""What is lost when the caller hangs up, and what a transfer leaves undone."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.codes import Code
from ...engine.errors import Fault
from ...engine.handlers import arrows, farewell_of
from ...engine.state import END, Act, State
from .acts import Look, acts, told
from .sources import names_used

_MISSED = ("rejected", "unreachable", "failed")


def lost_messages(look: Look, state: State, act: Act) -> Iterator[Fault]:
    """Messages with which something is to be done, and nothing is where their caller hangs up."""
    if act.verb.name != "record" or farewell_of(look.flow, state.name) is not None:
        return
    into = told(act, "into")
    if any(other.verb.after_call and into in names_used(other) for _, other in acts(look.flow)):
        yield act.place.fault(
            f"record: who hangs up instead of pressing a key leaves a message with which nothing"
            f" is done; say in on_hang_up of {state.name} what becomes of {{{{ {into} }}}}",
            Code.LOST_ON_HANG_UP,
        )


def referred(look: Look, state: State, act: Act) -> Iterator[Fault]:
    """Callers whose phone is asked to call, and whose call ends where it does not."""
    if act.verb.name == "transfer" and told(act, "mode") == "refer":
        ends = {arrow.outcome for arrow in arrows(look.flow, state) if arrow.target == END}
        lost = [outcome for outcome in _MISSED if outcome in ends]
        if lost:
            yield act.place.fault(
                f"transfer: many phones do not take a REFER, and the call ends then"
                f" ({', '.join(lost)}); write mode: refer_then_bridge, or lead them elsewhere",
                Code.REFER_WITHOUT_FALLBACK,
            )
