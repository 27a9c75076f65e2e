"""A worker that calls somebody."""

from pathlib import Path

from ivr.engine import effects as do
from ivr.engine import events as ev
from ivr.engine.call_out import CallOut

from .hall import Hall, menu


def test_a_call_out_walks_through_its_flow_once_it_is_answered(tmp_path: Path) -> None:
    hall = Hall(tmp_path, None)
    hall.worker.dial(CallOut("a", "sip:601@pbx", "menu", accept=""), menu())
    hall.worker.turn()
    assert hall.phone.dialled[0].to == "sip:601@pbx"
    assert hall.phone.told("a") == []
    hall.phone.turns.append([("a", ev.Answered())])
    hall.worker.turn()
    assert [type(effect) for effect in hall.phone.told("a")] == [do.Play]


def test_a_call_out_that_nobody_takes_has_a_journal(tmp_path: Path) -> None:
    hall = Hall(tmp_path, None)
    hall.worker.dial(CallOut("a", "sip:601@pbx", "menu"), menu())
    hall.worker.turn()
    hall.phone.turns.append([("a", ev.HungUp("far_end", 486))])
    hall.worker.turn()
    assert not hall.worker.sessions
    lines = hall.journal("a")
    assert lines[0]["flow"] == "menu"
    assert [line.get("event") for line in lines[1:3]] == ["offered", "hung_up"]
