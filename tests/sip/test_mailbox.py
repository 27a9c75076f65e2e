"""A message on the wire: left, told to a phone, heard, and deleted.

Prompts are tones, so that what a caller hears tells which prompt it was.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import audio
from .hall import TONES, Hall
from .peer import Dialog
from .wire import Message

pytestmark = pytest.mark.line
FLOW = """\
ivr: 1
flow: {name}
start: only
states:
  only:
    do: [{{answer: {{settle: 0 s}}}}, {{call_flow: {{flow: library/{name}, {given}}}}}]
    then: {then}
"""
LEFT = "greeting: leave_message, menu: menu, nothing: no_message, thanks: goodbye, sorry: sorry"
FETCHED = (
    "which_pin: which_extension, wrong: no_match, refused: night, menu: menu,"
    " announcement: welcome, choice: connecting, deleted: goodbye, no_more: no_message,"
    " sorry: sorry"
)
VOICE = 1200  # hertz, of the caller who leaves a message


class Office(Hall):
    """A project with a mailbox; the phone that is told of its messages is the caller's own."""

    def _write(self) -> None:
        sound, flows = self.folder / "prompts/en", self.folder / "flows"
        sound.mkdir(parents=True)
        flows.mkdir()
        for name, (hertz, _) in TONES.items():
            audio.write_wav(sound / f"{name}.wav", audio.sine(hertz, round(0.3 * audio.RATE)))
        for name, given, then in (
            ("voicemail", f'box: "601", {LEFT}', "{sent: end, nothing: end, failed: end}"),
            ("mailbox", f'box: "601", {FETCHED}', "{done: end, refused: end, failed: end}"),
        ):
            text = FLOW.format(name=name, given=given, then=then)
            (flows / f"{name}.yaml").write_text(text)
        (self.folder / "601.pin").write_text("4711\n")
        phone = f"sip:ann@127.0.0.1:{self.desk_port}"
        settings = {
            "routes": {"leave": "flows/voicemail.yaml", "fetch": "flows/mailbox.yaml"},
            "mailboxes": {"601": {"pin": {"file": "601.pin"}, "phone": phone}},
        }
        (self.folder / "ivr.yaml").write_text(json.dumps(settings))

    def told(self) -> list[Message]:
        """What the phone was told so far, each once; it has answered."""
        found: dict[str, Message] = {}
        for stray in self.peer.strays:
            if stray.method == "NOTIFY":
                if stray.header("call-id") not in found:
                    answer = Dialog(self.peer, "", "")
                    answer.rtp.close()
                    answer.reply(stray, 200)
                found[stray.header("call-id")] = stray
        return list(found.values())

    def lamp(self, summary: str) -> None:
        """The phone is told this, in the end."""

        def shines() -> bool:
            told = self.told()
            return bool(told) and f"Voice-Message: {summary}\r\n" in told[-1].body

        self.peer.expect(shines, f"the phone is told {summary}")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    assert office.close() == 0
    assert "Traceback" not in office.log.read_text()


def types(office: Office, call: Dialog, keys: str) -> None:
    for key in keys:
        call.press(key)
        office.peer.run(None, 0.25)


def leaves(office: Office, key: str) -> None:
    """Somebody leaves a message, and picks *key* in the menu behind it."""
    call = office.peer.up("leave")
    office.hears(call, "leave_message", "beep")
    call.speaks = VOICE
    office.peer.run(None, 1.5)
    call.speaks = 0
    call.press("#")
    office.hears(call, "menu")
    call.press(key)
    office.hears(call, "goodbye")
    office.peer.expect(lambda: call.got("BYE"), "BYE")


def test_a_message_is_left_told_heard_and_deleted(office: Office) -> None:
    leaves(office, "1")
    office.lamp("1/0 (0/0)")
    leaves(office, "4")
    office.lamp("2/0 (1/0)")
    told = office.told()[-1]
    assert told.first.startswith(f"NOTIFY sip:ann@127.0.0.1:{office.desk_port} ")
    assert told.header("event") == "message-summary"
    assert told.header("content-type") == "application/simple-message-summary"
    assert told.body.startswith("Messages-Waiting: yes\r\nMessage-Account: sip:ann@127.0.0.1:")

    call = office.peer.up("fetch")
    office.hears(call, "which_extension")
    types(office, call, "4712#")
    office.hears(call, "no_match", "which_extension")
    types(office, call, "4711#")
    office.hears(call, "menu")
    call.press("1")
    heard = [TONES["welcome"][0], VOICE, TONES["connecting"][0]]

    def played() -> bool:
        tones = [hertz for hertz, _ in call.tones()]
        return any(tones[n : n + 3] == heard for n in range(len(tones)))

    office.peer.expect(played, "the message is heard")
    call.press("3")
    office.lamp("1/0 (0/0)")
    office.hears(call, "goodbye", "welcome")
    office.peer.run(None, 2.5)
    call.press("*")
    office.lamp("0/1 (0/0)")
    assert len(office.messages()) == 1
    call.bye()
    journal = office.journal(call, "mailbox")
    assert "4711" not in json.dumps(journal)
    assert not [line for line in journal if line.get("kind") == "failed"]


def test_whoever_hangs_up_has_left_a_message(office: Office) -> None:
    call = office.peer.up("leave")
    office.hears(call, "leave_message", "beep")
    call.speaks = VOICE
    office.peer.run(None, 1.5)
    call.bye()
    office.lamp("1/0 (0/0)")
    with sqlite3.connect(office.folder / "var/memory.db") as memory:
        rows = memory.execute("SELECT box, caller, urgent, heard FROM ivr_mailbox").fetchall()
    memory.close()
    assert rows == [("601", "alice", 0, 0)]
