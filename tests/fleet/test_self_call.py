"""The server as its own caller, against lines that are well and lines that are not."""

from __future__ import annotations

import asyncio
import struct

import pytest

from ivr.config import Settings
from ivr.fleet.crew import Crew
from ivr.fleet.self_call import Outcome, Plan, SelfCall, self_call, takes_no_place

from . import leap
from .scripted import PROXY, Line

PATIENCE = 4.0


def call(line: Line, keys: str = "", patience: float = PATIENCE) -> tuple[Outcome, list[str]]:
    """What a self-call finds, and the steps that went well."""
    steps: list[str] = []

    async def main() -> Outcome:
        target = await line.open()
        outcome = await self_call(Plan(target, "100", keys, patience), steps.append)
        await asyncio.sleep(1)  # virtual: what is on its way to the line
        line.close()
        return outcome

    return leap.run(main()), steps


def test_a_line_that_is_well() -> None:
    line = Line(says={"": "menu", "1": "hours", "1#": "goodbye"})
    outcome, steps = call(line, "1#")
    assert outcome.result == "success" and not outcome.fault
    assert outcome.seconds is not None and outcome.seconds < 0.1
    assert [step.split()[0] for step in steps] == ["answered", "sound", "other", "other", "hung"]
    assert line.keys == "1#"
    assert line.methods() == "INVITE ACK BYE"


def test_it_can_be_told_apart() -> None:
    line = Line()
    call(line)
    assert line.requests[0].header("from").startswith("<sip:self-call@127.0.0.1:")


def test_requests_in_the_call_take_the_way_of_the_answer() -> None:
    line = Line()
    call(line)
    for request in line.requests[1:]:
        assert request.first == f"{request.method} sip:ivr@127.0.0.1:{line.port} SIP/2.0"
        assert request.headers["route"] == [PROXY, "<sip:first.example;lr>"]
        assert request.header("to").endswith(";tag=line")


def test_a_key_is_told_as_rfc_4733_says() -> None:
    line = Line(says={"": "menu", "#": "hours", "#7": "goodbye"})
    call(line, "#7")
    down = [struct.pack("!BBH", 11, 10, duration) for duration in (160, 320, 480, 640, 800)]
    up = struct.pack("!BBH", 11, 0x80 | 10, 800)
    assert [event[12:] for event in line.events[:8]] == [*down, up, up, up]
    assert [event[1] >> 7 for event in line.events[:8]] == [1, 0, 0, 0, 0, 0, 0, 0]
    assert len({event[4:8] for event in line.events[:8]}) == 1  # one time for all of it


def test_what_is_lost_is_said_again() -> None:
    outcome, _ = call(line := Line(deaf=2))
    assert outcome.result == "success"
    assert line.methods() == "INVITE INVITE INVITE ACK BYE"


def test_an_answer_that_is_repeated_is_acknowledged_again() -> None:
    outcome, _ = call(line := Line(answers=(200, 200)))
    assert outcome.result == "success"
    first, second = line.requests[1:3]
    assert first.method == "ACK" and first.raw == second.raw


def test_busy() -> None:
    outcome, steps = call(line := Line(answers=(100, 486)))
    assert outcome == Outcome(
        "refused", None, "answer: expected 200, got SIP/2.0 486 Said the line"
    )
    assert line.methods() == "INVITE ACK" and not steps
    invite, ack = line.requests
    assert ack.header("via") == invite.header("via")  # RFC 3261 17.1.1.3
    assert ack.header("to").endswith(";tag=line") and "route" not in ack.headers


def test_silence_instead_of_an_answer() -> None:
    outcome, _ = call(line := Line(deaf=99))
    assert outcome.result == "no_answer"
    assert outcome.fault == "answer: expected 200 within 4 s, but nothing came"
    assert line.methods() == "INVITE INVITE INVITE INVITE"  # at 0, 0.5, 1.5 and 3.5 s


def test_nobody_listens_there() -> None:
    async def main() -> Outcome:
        line = Line()
        target = await line.open()
        line.close()
        return await self_call(Plan(target, "100", "", PATIENCE))

    fault = "answer: expected 200 within 4 s, but Connection refused"
    assert leap.run(main()) == Outcome("no_answer", None, fault)


def test_no_way_there() -> None:
    async def main() -> Outcome:
        return await self_call(Plan(("255.255.255.255", 5060), "100", "", PATIENCE))

    outcome = leap.run(main())
    assert outcome.result == "no_answer" and "found no way there" in outcome.fault


def test_it_rings_for_ever() -> None:
    outcome, _ = call(line := Line(answers=(100, 180)))
    assert outcome.fault == "answer: expected 200 within 4 s, but it rang"
    assert line.methods() == "INVITE CANCEL ACK"
    invite, cancel, _ = line.requests
    assert cancel.header("via") == invite.header("via")  # RFC 3261 9.1
    assert cancel.header("cseq") == "1 CANCEL"


def test_it_is_answered_when_it_had_given_up() -> None:
    """The call must not stay: nobody is there."""
    outcome, _ = call(line := Line(answers=(180,), cancel=200))
    assert outcome.result == "no_answer"
    assert line.methods() == "INVITE CANCEL ACK BYE"


def test_no_rtp() -> None:
    outcome, steps = call(line := Line(says={}))
    assert outcome == Outcome(
        "no_rtp", None, "sound: expected sound in RTP within 4 s, but no RTP came"
    )
    assert line.methods() == "INVITE ACK BYE" and len(steps) == 1


@pytest.mark.parametrize("prompt", ["silence", "click"])
def test_rtp_without_sound(prompt: str) -> None:
    outcome, _ = call(line := Line(says={"": prompt}))
    assert outcome.result == "silence"
    assert outcome.fault.startswith("sound: expected sound in RTP within 4 s, but none of ")
    assert line.methods() == "INVITE ACK BYE"


def test_a_key_that_is_not_heard() -> None:
    """The menu is said again, as it is when nothing is pressed; that is no reaction."""
    outcome, steps = call(line := Line(), "1", patience=8.0)
    assert outcome.result == "no_reaction" and outcome.seconds is not None
    assert outcome.fault.startswith("key 1: expected other sound than before within 8 s, but none")
    assert line.methods() == "INVITE ACK BYE" and len(steps) == 2


def test_a_key_that_ends_all_sound() -> None:
    outcome, _ = call(Line(says={"": "menu", "1": ""}), "1")
    assert outcome.result == "no_reaction" and "2 packets had any" in outcome.fault


@pytest.mark.parametrize("stays", [1, 30])
def test_the_line_hangs_up_too_early(stays: int) -> None:
    outcome, _ = call(line := Line(stays=stays), "1")
    assert outcome.result == "hung_up" and outcome.fault.endswith("but the line hung up")
    assert line.methods() == "INVITE ACK"
    (response,) = line.responses
    assert response.code == 200
    assert len(response.headers["via"]) == 2


def test_no_answer_to_bye() -> None:
    outcome, _ = call(line := Line(bye=0))
    assert outcome.result == "no_goodbye" and outcome.seconds is not None
    assert outcome.fault == "BYE: expected 200, but nothing came within 4 s"
    assert line.methods() == "INVITE ACK BYE BYE BYE BYE"


def test_bye_is_refused() -> None:
    outcome, _ = call(Line(bye=481))
    assert outcome.fault == "BYE: expected 200, but got 481"


# -- again and again -------------------------------------------------------------------------------


def settings(port: int) -> Settings:
    return Settings.model_validate(
        {
            "routes": {"*": "menu.yaml"},
            "sip": {"port": port},
            "self_call": {"every": 5, "number": "100", "patience": PATIENCE},
        }
    )


def busy(crew: Crew, calls: int) -> None:
    """One worker with room for four has so many *calls*."""
    if not crew.lives:
        crew.loaded(1, 0.0)
        crew.ready(next(iter(crew.lives)), 4, 0.0)
    crew.beat(next(iter(crew.lives)), [{"id": str(n)} for n in range(calls)], 0.0)


def test_every_five_minutes_unless_callers_need_the_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    line, crew = Line(says={}), Crew(1, 1)
    found: list[tuple[str, float | None, int]] = []

    async def main() -> None:
        _, port = await line.open()
        loop = asyncio.get_running_loop()
        loop.call_at(200, busy, crew, 3)
        loop.call_at(400, busy, crew, 0)
        calls = SelfCall(settings(port), crew, lambda *it: found.append((*it, round(loop.time()))))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1000):
                await calls.run()
        line.close()

    leap.run(main())
    assert found == [("no_rtp", None, at) for at in (4, 608, 912)]
    text = "self-call to 100 failed: sound: expected sound in RTP within 4 s, but no RTP came"
    assert [record.getMessage() for record in caplog.records] == 3 * [text]


@pytest.mark.parametrize(
    ("address", "external", "called"),
    [
        ("192.0.2.10", "", ("192.0.2.10", 5070)),
        ("0.0.0.0", "", ("127.0.0.1", 5070)),
        ("127.0.0.1", "sbc.example:5080", ("sbc.example", 5080)),
    ],
)
def test_it_calls_where_callers_do(address: str, external: str, called: tuple[str, int]) -> None:
    given = settings(5070)
    given.sip.address, given.front.external = address, external
    assert Plan.of(given) == Plan(called, "100", "", PATIENCE)


def test_callers_come_first() -> None:
    crew = Crew(1, 1)
    assert takes_no_place(crew)  # nobody serves: that must not go unnoticed
    busy(crew, 2)
    assert takes_no_place(crew)
    busy(crew, 3)
    assert not takes_no_place(crew)
    busy(crew, 0)
    crew.close(30.0, 0.0)
    assert not takes_no_place(crew)
