"""The whole product on the wire: `ivr serve` with flows, called with real SIP and RTP.

Prompts are tones, so that what a caller hears tells which prompt it was.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from . import audio
from .hall import TONES, Hall
from .peer import Dialog

pytestmark = pytest.mark.line


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    hall = Hall(tmp_path_factory.mktemp("hall"))
    yield hall
    assert hall.close() == 0
    assert "Traceback" not in hall.log.read_text()


def test_a_busy_desk_ends_in_a_message(hall: Hall) -> None:
    hall.desk_says = (180, 486)
    before = len(hall.messages())
    call = hall.peer.up("day")
    hall.hears(call, "welcome", "menu")
    call.press("1")
    hall.is_called_at("601")
    hall.hears(call, "leave_message", "beep")
    call.speaks, began = 500, time.monotonic()
    hall.peer.run(None, 2.5)
    call.speaks = 0
    call.press("#")
    said = time.monotonic() - began
    hall.hears(call, "goodbye")
    hall.peer.expect(lambda: call.got("BYE"), "BYE")
    hall.peer.expect(lambda: len(hall.messages()) > before, "the message")
    message = hall.messages()[-1]
    assert message["caller"] == "alice" and message["dialled"] == "day"
    assert 1.0 <= message["seconds"] <= said + 0.5
    journal = hall.journal(call)
    states = [line["detail"] for line in journal if line.get("kind") == "state"]
    assert states == ["greet", "welcome", "menu", "sales", "voicemail"]


def test_a_key_by_info_takes_the_same_branch(hall: Hall) -> None:
    hall.desk_says = (486,)
    call = hall.peer.up("day")
    hall.hears(call, "menu")
    call.info("2")
    hall.is_called_at("602")
    call.bye()


def test_two_who_talk_and_part(hall: Hall) -> None:
    hall.desk_says = (180, 200)
    call = hall.peer.up("day")
    hall.hears(call, "menu")
    call.press("3")
    desk = hall.is_called_at("603")
    call.speaks, desk.speaks = 500, 900
    hall.peer.expect(lambda: call.tones()[-1][0] == 900, "the desk is heard")
    hall.peer.expect(lambda: desk.tones()[-1:] >= [(500, 5)], "the caller is heard")
    desk.bye()
    hall.peer.expect(lambda: call.got("BYE"), "BYE")
    journal = hall.journal(call)
    (done,) = [line for line in journal if line.get("kind") == "transfer"]
    assert done["detail"] == "answered 200"
    assert "hang_up" in [line.get("effect") for line in journal]


def test_silence_ends_with_the_operator(hall: Hall) -> None:
    hall.desk_says = (486,)
    call = hall.peer.up("day")
    hall.is_called_at("600")
    menus = [hertz for hertz, _ in call.tones() if hertz == TONES["menu"][0]]
    assert len(menus) == 3
    call.bye()


def test_a_wrong_key_is_asked_again(hall: Hall) -> None:
    call = hall.peer.up("day")
    hall.hears(call, "menu")
    call.press("7")
    hall.hears(call, "no_match", "menu")
    call.bye()


def test_type_ahead_skips_the_menu(hall: Hall) -> None:
    hall.desk_says = (486,)
    hall.desk.clear()  # somebody else has been here
    call = hall.peer.call("day")
    call.press("1")  # the first that he sends
    hall.is_called_at("601")
    assert TONES["menu"][0] not in [hertz for hertz, _ in call.tones()]
    call.bye()


@pytest.mark.parametrize(("number", "allowed"), [("655", True), ("555", False)])
def test_an_extension_is_dialled_if_it_may_be(hall: Hall, number: str, allowed: bool) -> None:
    hall.desk_says = (486,)
    call = hall.peer.up("day")
    hall.hears(call, "menu")
    call.press("4")
    hall.hears(call, "which_extension")
    for key in number:
        call.press(key)
        hall.peer.run(None, 0.2)
    if allowed:
        hall.is_called_at(number)
    else:
        hall.hears(call, "connecting", "no_such_extension", "leave_message")
    call.bye()


@pytest.mark.parametrize("verb", ["answer", "say", "ask", "collect", "record", "transfer", "pause"])
def test_hanging_up_inside_a_verb(hall: Hall, verb: str) -> None:
    hall.desk_says = (180,)
    call = hall.peer.up(verb)
    hall.peer.run(None, 0.6)
    call.bye()
    journal = hall.journal(call)
    assert journal[-1]["detail"] == "caller"
    assert not [line for line in journal if line.get("kind") == "failed"]


def test_cancel_before_the_answer(hall: Hall) -> None:
    call = hall.peer.call("ringing")
    hall.peer.expect(lambda: call.responses, "100 or 180")
    hall.peer.run(None, 0.1)
    call.cancel()
    hall.peer.expect(lambda: (final := call.final()) and final.code == 487, "487")
    assert hall.journal(call)[-1]["detail"] == "caller"


@pytest.mark.parametrize("code", [403, 404, 480, 486, 503, 603])
def test_a_flow_refuses_with_a_code(hall: Hall, code: int) -> None:
    call = hall.peer.call(f"no{code}")
    hall.peer.expect(lambda: call.status() == code, str(code))


def test_a_number_that_nobody_has(hall: Hall) -> None:
    call = hall.peer.call("nobody")
    hall.peer.expect(lambda: call.status() == 404, "404")


def test_a_flow_redirects(hall: Hall) -> None:
    call = hall.peer.call("elsewhere")
    hall.peer.expect(lambda: call.status() == 301, "301")
    final = call.final()
    assert final is not None
    first, second = (final.raw.find(who) for who in (b"a@192.0.2.1", b"b@192.0.2.2"))
    assert 0 < first < second


def test_a_broken_flow_apologises(hall: Hall) -> None:
    call = hall.peer.up("broken")
    hall.hears(call, "sorry")
    hall.peer.expect(lambda: call.got("BYE"), "BYE")
    (failed,) = [line for line in hall.journal(call) if line.get("kind") == "failed"]
    assert "only: " in failed["detail"] and "broken.yaml:6" in failed["detail"]
    assert "division by zero" in failed["detail"]


def test_words_with_a_variable_are_spoken_during_the_call(hall: Hall) -> None:
    heard = []
    for _ in range(3):  # a voice that is slow on a busy machine gives way to a tone at first
        call = hall.peer.up("spoken")
        if hall.peer.run(partial(_speaks, call), 6):
            return call.bye()
        call.bye()
        heard.append(sum(loud(packet.payload) for packet in call.heard))
    raise AssertionError(f"packets with words: {heard}\n{hall.log.read_text()}")


def _speaks(call: Dialog) -> bool:
    """As opposed to a tone, which is over sooner."""
    return sum(loud(packet.payload) for packet in call.heard) > 40


def test_the_journal_has_the_ladder(hall: Hall) -> None:
    call = hall.peer.up("answer")
    call.info("5")
    hall.peer.expect(lambda: call.final("INFO"), "200 to INFO")
    call.bye()
    hall.journal(call)
    hall.peer.expect(lambda: len(hall.signals()) >= 8, "all messages")
    assert hall.signals()[0]["sip"].startswith("INVITE sip:answer@")
    assert "Signal" not in json.dumps(hall.signals())
    assert [line["cseq"].split()[1] for line in hall.signals()] == [
        "INVITE", "INVITE", "INVITE", "ACK", "INFO", "INFO", "BYE", "BYE",
    ]  # fmt: skip
    assert all(0 <= line["at"] < 20 for line in hall.signals())


def test_the_answer_to_our_bye_follows_the_end(hall: Hall) -> None:
    call = hall.peer.up("broken")
    hall.peer.expect(lambda: call.got("BYE"), "BYE")
    hall.journal(call)
    hall.peer.expect(lambda: hall.signals()[-1]["sip"].startswith("SIP/2.0 200"), "200 to BYE")
    assert hall.signals()[-1]["cseq"].endswith(" BYE") and not hall.signals()[-1]["sent"]


def test_a_secret_is_written_nowhere(hall: Hall) -> None:
    call = hall.peer.up("collect")
    hall.hears(call, "menu")
    for key in "9753":
        call.press(key)
        hall.peer.run(None, 0.2)
    hall.peer.expect(lambda: call.got("BYE"), "BYE")
    journal = json.dumps(hall.journal(call))
    assert "typed ***" in journal
    assert '"key": "9"' not in journal and "9753" not in journal
    assert "9753" not in hall.log.read_text()


def test_the_call_beyond_the_limit_gets_503_and_the_next_is_served(hall: Hall) -> None:
    calls = [hall.peer.up("pause") for _ in range(4)]
    fifth = hall.peer.call("pause")
    hall.peer.expect(lambda: fifth.status() == 503, "503")
    final = fifth.final()
    assert final is not None and final.header("retry-after")
    for call in calls:
        call.bye()
    hall.peer.expect(lambda: all(call.final("BYE") for call in calls), "200 to each BYE")
    last = hall.peer.up("pause")
    last.bye()


def is_closing(hall: Hall) -> bool:
    asked = hall.peer.call(send=False)
    asked.request("OPTIONS")
    hall.peer.expect(asked.status, "an answer to OPTIONS")
    return asked.status() == 503


def test_sigterm_ends_what_does_not_finish(tmp_path: Path) -> None:
    hall = Hall(tmp_path, drain_seconds=4)
    call = hall.peer.up("record")
    hall.peer.run(None, 0.8)
    call.speaks = 500
    hall.peer.run(None, 0.5)
    hall.server.send_signal(signal.SIGTERM)
    hall.peer.expect(lambda: is_closing(hall), "it is closing")
    late = hall.peer.call("pause")
    hall.peer.expect(lambda: late.status() == 503, "503")
    hall.peer.expect(lambda: call.got("BYE"), "BYE")
    hall.peer.expect(lambda: hall.server.poll() is not None, "the end", 20)
    assert hall.server.returncode == 0
    assert hall.journal(call)[-1]["detail"] == "drain"
    assert len(hall.messages()) == 1
    hall.release()


def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    hall = Hall(tmp_path, drain_seconds=60)
    hall.peer.up("pause")
    hall.server.send_signal(signal.SIGTERM)
    hall.peer.expect(lambda: is_closing(hall), "it is closing")
    hall.server.send_signal(signal.SIGTERM)
    hall.peer.expect(lambda: hall.server.poll() is not None, "the end", 20)
    assert hall.server.returncode == 128 + signal.SIGTERM
    hall.release()


def test_a_port_in_use_is_a_message(hall: Hall) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "serve"],
        cwd=hall.folder,
        env={**os.environ, "IVR_SIP__PORT": str(hall.port)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "in use" in done.stderr and "Traceback" not in done.stderr


def loud(payload: bytes) -> bool:
    return max(abs(audio.ULAW[byte]) for byte in payload) > 1000
