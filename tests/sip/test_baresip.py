"""The served project against a phone that is none of ours: baresip, with its own SIP stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from . import audio
from .baresip import SPEAKS, Baresip
from .hall import BEEP, TONES, Hall
from .peer import LOCAL

pytestmark = pytest.mark.line

MENU = TONES["menu"][0]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    hall = Hall(tmp_path_factory.mktemp("hall"))
    yield hall
    assert hall.close() == 0
    assert "Traceback" not in hall.log.read_text()


@pytest.fixture
def phone(hall: Hall, tmp_path: Path) -> Iterator[Baresip]:
    phone = Baresip(tmp_path / "phone", hall.peer.expect)
    yield phone
    phone.close()


def dial(phone: Baresip, hall: Hall, number: str) -> None:
    phone.tell("dial", f"sip:{number}@{LOCAL}:{hall.port}")
    phone.expect("CALL_ESTABLISHED")


def held(hall: Hall) -> list[str]:
    """What re-INVITEs of the newest call said of the direction of sound."""
    offers = [line for line in hall.signals() if line["sip"].startswith("INVITE")]
    return [str(line["media"]).rpartition(" ")[2] for line in offers[1:]]


def rests(hall: Hall, phone: Baresip) -> bool:
    """Whether nothing is sent to the phone: half a second brings a packet at most."""
    before = phone.received()
    hall.peer.run(None, 0.5)
    return phone.received() <= before + 1


def test_a_call_with_keys_and_sound_both_ways(hall: Hall, phone: Baresip) -> None:
    hall.desk_says = (486,)
    dial(phone, hall, "day")
    phone.hears(TONES["welcome"][0], MENU)
    phone.tell("sndcode", "1")
    hall.is_called_at("601")
    phone.hears(TONES["leave_message"][0], BEEP)
    hall.peer.run(None, 1.6)
    phone.tell("sndcode", "#")
    phone.expect("CALL_CLOSED")
    hall.peer.expect(lambda: hall.messages(), "the message")
    message = hall.messages()[-1]
    assert message["caller"] == "bare" and message["seconds"] >= 0.8
    (recorded,) = hall.folder.glob("var/messages/*.wav")
    assert SPEAKS in dict(audio.tones_of(recorded))


def test_the_prompt_goes_on_after_hold(hall: Hall, phone: Baresip) -> None:
    dial(phone, hall, "long")
    phone.hears(MENU)
    phone.tell("hold")
    hall.peer.expect(lambda: held(hall) == ["sendonly"], "hold")
    hall.peer.expect(lambda: rests(hall, phone), "no more sound")
    before = phone.received()
    phone.tell("resume")
    hall.peer.expect(lambda: phone.received() > before + 25, "sound again")
    phone.tell("hangup")
    assert hall.journal()[-1]["detail"] == "caller"


def test_a_blind_transfer(hall: Hall, phone: Baresip) -> None:
    dial(phone, hall, "refer")
    phone.hears(MENU)  # at the number it was sent to
    (done,) = [line for line in hall.journal(flow="refer") if line.get("event") == "refer_done"]
    assert done["code"] == 200

    def told() -> set[str]:
        lines = hall.signals("refer")
        return {line["cseq"].split()[1] for line in lines if not line["sent"]}

    hall.peer.expect(lambda: {"REFER", "NOTIFY"} <= told(), "both are in the journal")


def test_a_transfer_to_the_busy(hall: Hall, phone: Baresip) -> None:
    dial(phone, hall, "refer486")
    journal = hall.journal(flow="refer486")
    (done,) = [line for line in journal if line.get("event") == "refer_done"]
    assert done["code"] == 486
    assert "busy 486" in [line["detail"] for line in journal if line.get("kind") == "transfer"]


def test_a_phone_cannot_send_us_away(hall: Hall, phone: Baresip) -> None:
    dial(phone, hall, "long")
    phone.tell("transfer", f"sip:say@{LOCAL}:{hall.port}")
    assert phone.expect("TRANSFER_FAILED")["param"] == "603 Decline"


def test_the_flow_hangs_up(hall: Hall, phone: Baresip) -> None:
    dial(phone, hall, "broken")
    phone.hears(TONES["sorry"][0])
    phone.expect("CALL_CLOSED")


def test_a_refusal(hall: Hall, phone: Baresip) -> None:
    phone.tell("dial", f"sip:no486@{LOCAL}:{hall.port}")
    assert "486" in phone.expect("CALL_CLOSED")["param"]
