"""Calls that a fleet makes: asked for by the control API, made by way of the front."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.sip.peer import Dialog

from .town import Town

pytestmark = pytest.mark.line


class Desk:
    """Whom the town calls."""

    def __init__(self, here: Town, code: int = 200) -> None:
        self.here, self.code = here, code
        self.calls: list[Dialog] = []
        here.peer.answer = self._answer

    def _answer(self, dialog: Dialog) -> None:
        self.calls.append(dialog)
        assert dialog.incoming
        if self.code == 200:
            dialog.accept()
        else:
            dialog.reply(dialog.incoming, self.code)
            dialog.over = True

    def is_called(self, **more: str) -> tuple[str, Dialog]:
        """Have it called: the id of the call, and the desk's side of it."""
        before = len(self.calls)
        to = f"sip:601@127.0.0.1:{self.here.peer.port}"
        order = {"to": to, "flow": "stay", "accept": "none", **more}
        call_id = self.here.asks("/v1/calls", "POST", order)["id"]
        assert [*self.here.var.glob(f"calls/*/{call_id}.jsonl")]  # for whoever follows it
        self.here.peer.expect(lambda: len(self.calls) > before, "the call")
        return call_id, self.calls[-1]


def refused(here: Town, **order: str) -> tuple[int, Any]:
    with pytest.raises(HTTPError) as caught:
        here.asks("/v1/calls", "POST", {"to": "sip:601@127.0.0.1", "flow": "stay", **order})
    return caught.value.code, json.loads(caught.value.read())["detail"]


def test_a_call_out_is_answered_and_has_a_record(here: Town) -> None:
    desk = Desk(here)
    call_id, call = desk.is_called(caller_id="+49301", ring="20")
    assert call.incoming and "+49301" in call.incoming.header("from")
    here.hears(call, "hello")
    assert here.asks(f"/v1/calls/{call_id}")["dialled"] == "601"
    here.end([call])
    (record,) = here.records(1)
    assert (record["id"], record["direction"], record["flow"]) == (call_id, "out", "stay")
    assert (record["caller"], record["dialled"], record["code"]) == ("+49301", "601", 200)
    code, detail = refused(here, flow="stays")
    assert code == 422 and detail.startswith("there is no flow 'stays'; there are: blocks, busy,")
    assert refused(here, to="601")[0] == 422
    desk.code = 486
    desk.is_called()
    record = here.records(2)[0]
    assert (record["ended_by"], record["code"], record["answered"]) == ("far_end", 486, None)
    assert 'result="not_reached"' in here.asks("/metrics")


def test_callers_find_every_place_that_calls_out_have_left(here: Town) -> None:
    """The front does not know of calls out: who is sent to a full worker is sent on."""
    desk = Desk(here)
    calls = here.up(8)
    assert refused(here) == (503, "no worker has a free place")
    port = here.workers()[0]["port"]
    first = [call for call in calls if call.uri.endswith(f":{port}")]
    here.end(first)
    expect_live(here, [0, 4])
    out = [desk.is_called()[1] for _ in range(3)]  # all by the first worker
    expect_live(here, [3, 4])
    here.end([call for call in calls if call not in first])
    expect_live(here, [0, 3])
    calls = here.up(5)
    ninth = here.peer.call("stay")
    here.peer.expect(ninth.final, "an answer")
    assert (final := ninth.final()) and final.code == 503
    here.end([*out, *calls])
    assert [r["direction"] for r in here.records(16)].count("out") == 3


def expect_live(here: Town, expected: list[int]) -> None:
    here.peer.expect(
        lambda: sorted(worker["live"] for worker in here.workers()) == expected, str(expected)
    )
