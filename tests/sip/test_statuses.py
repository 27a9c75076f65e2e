"""Every status code with which a flow can end an unanswered call, as it is on the wire."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import Effect, Note
from ivr.engine.events import Event, HungUp
from ivr.engine.flow import Flow
from ivr.engine.session import Session
from ivr.engine.verbs import redirect, reject

from .conftest import Script, StartLine
from .peer import Peer
from .wire import Message

pytestmark = pytest.mark.line

# RFC 3261 section 21, RFC 2543 (380), RFC 3326, RFC 3329, RFC 4412, RFC 8197, RFC 8688.
LISTED = (
    300, 301, 302, 305, 380,
    400, 401, 402, 403, 404, 405, 406, 407, 408, 410, 413, 414, 415, 416, 420, 421, 423,
    480, 481, 482, 483, 484, 485, 486, 487, 488, 491, 493,
    500, 501, 502, 503, 504, 505, 513,
    600, 603, 604, 606, 607, 608,
)  # fmt: skip
CONTACTS = ("<sip:601@pbx.test;transport=tcp>;q=0.7", "<tel:+15550100>;q=0.25")
HEADERS = {
    "Retry-After": "30 (at lunch)",
    "Reason": 'Q.850;cause=17;text="User busy"',
    "Warning": '399 ivr "no"',
    "X-Why": "über; all <this> \"stays\", 'too'",
}
LINES = [f"{name}: {value}\r\n".encode() for name, value in HEADERS.items()]

flow = Flow("refusals", start="refuse")


@flow.state()
async def refuse(call: Call) -> str:
    code, reason = int(call.dialled), "Because {{ dialled }}"
    if code < 400:
        return (await redirect(call, *CONTACTS, code=code, reason=reason, headers=HEADERS)).outcome
    return (await reject(call, code, reason, HEADERS)).outcome


def serves(flow: Flow) -> Script:
    """A script that is a flow; no time passes in it."""
    session = Session(flow, "call")

    def script(event: Event) -> Sequence[Effect]:
        return [e for e in session.handle(event, time.monotonic()) if not isinstance(e, Note)]

    return script


def refused(peer: Peer, code: int, offer: bool) -> Message:
    """How a call is refused; a line takes some forty of them a second, and is asked again."""
    while True:
        call = peer.call(str(code), offer=offer)
        peer.expect(call.final, f"{code}")
        final = call.final()
        assert final
        if final.first != "SIP/2.0 503 Service Unavailable":
            return final
        peer.run(None, 0.05)


@pytest.mark.parametrize(
    ("codes", "offer"),
    [
        (LISTED, True),
        (LISTED, False),
        (range(303, 700, 7), False),
    ],
    ids=["with SDP", "without SDP", "any other"],
)
def test_every_status_that_a_flow_can_send(
    line: StartLine, codes: Sequence[int], offer: bool
) -> None:
    phone = line(lambda: serves(flow))
    for code in codes:
        final = refused(phone.peer, code, offer)
        assert final.raw.startswith(f"SIP/2.0 {code} Because {code}\r\n".encode()), final.first
        assert all(final.raw.count(expected) == 1 for expected in LINES), (code, final.headers)
        assert final.headers.get("contact", []) == (list(CONTACTS) if code < 400 else []), code
        assert final.body == ""
    phone.expect(HungUp, count=len(codes))
    ends = [(over.by, over.code) for over in phone.of(HungUp)]
    assert ends == [("flow", code) for code in codes]
