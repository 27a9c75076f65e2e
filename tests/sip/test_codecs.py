"""What sound is coded with, and in packets of which length."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from ivr.engine.effects import Answer, Effect, Play, Record
from ivr.engine.events import Answered, Event, HungUp, Offered, RecordDone
from ivr.sip.sdp import preferring, unservable

from . import softphone
from .audio import PACKET, RATE, tones_of, ulaw
from .conftest import Line, StartLine
from .peer import Dialog

RMS = 8000 / 2**0.5  # of a prompt, and of what softphones say


def plays_and_records(event: Event) -> Sequence[Effect]:
    match event:
        case Offered():
            return [Answer()]
        case Answered():
            return [Play(1, ("600x9",)), Record(2, "said", 9, 0)]
    return []


def ask(phone: Line, formats: str, ptime: int = 20) -> Dialog:
    """A call with these payload types in its offer."""
    call = phone.peer.call(send=False)
    offer = call.sdp.replace("AVP 0 101", f"AVP {formats} 101").replace(
        "ptime:20", f"ptime:{ptime}\r\na=maxptime:{ptime}"
    )
    call.request("INVITE", offer)
    phone.peer.expect(call.final, "an answer")
    return call


@pytest.mark.line
@pytest.mark.parametrize(
    ("codecs", "taken"),
    [
        (("PCMU", "PCMA", "G722"), {"9 8 0": 0, "9 8": 8, "9": 9, "18 0": 0, "18": 488}),
        (("G722", "PCMA"), {"0 8 9": 9, "0 8": 8, "0": 488}),
    ],
)
def test_the_best_codec_that_both_have(
    line: StartLine, codecs: Sequence[str], taken: dict[str, int]
) -> None:
    phone = line(lambda: plays_and_records, codecs=codecs)
    for formats, number in taken.items():
        call = ask(phone, formats)
        final = call.final()
        assert final
        if number == 488:
            assert final.code == 488
            continue
        assert f"RTP/AVP {number} 101\r\n" in final.body
        phone.peer.expect(lambda call=call: len(call.heard) > 3, "sound")  # type: ignore[misc]
        assert {packet.kind for packet in call.heard} == {number}
        call.bye()
    ours = phone.peer.call(offer=False)
    phone.peer.expect(ours.final, "an offer")
    numbers = {"PCMU": "0", "PCMA": "8", "G722": "9"}
    final = ours.final()
    assert final and "RTP/AVP " + " ".join(numbers[codec] for codec in codecs) in final.body


@pytest.mark.line
@pytest.mark.parametrize(
    ("codec", "encryption", "settings"),
    [
        ("G722/16000", "srtp-mand", {"codecs": ("G722",), "srtp": "required"}),
        ("PCMA/8000", "srtp", {"codecs": ("PCMA",), "srtp": "optional"}),
    ],
)
def test_a_phone_that_is_not_ours_hears_and_is_heard(
    line: StartLine, tmp_path: Path, codec: str, encryption: str, settings: dict[str, str]
) -> None:
    phone = line(lambda: plays_and_records, **settings)
    with softphone.calling(tmp_path, phone.port, codec, encryption, 400, 30) as other:
        phone.expect(Answered, 30)
        phone.peer.run(None, 2)
        other.terminate()  # it says BYE
        over = phone.expect(HungUp)
        phone.peer.run(lambda: other.poll() is not None, 15)
    assert over.media["codec"] == codec.split("/")[0]
    log = (tmp_path / "baresip.log").read_text()
    assert "SRTP is Enabled" in log
    tone, level = softphone.heard(tmp_path)
    assert tone == pytest.approx(600, abs=3) and level == pytest.approx(RMS, rel=0.03)
    tone, level = softphone.measured(Path(phone.of(RecordDone)[0].file))
    assert tone == pytest.approx(400, abs=3) and level == pytest.approx(RMS, rel=0.03)


@pytest.mark.line
def test_packets_of_any_length(line: StartLine) -> None:
    phone = line(lambda: plays_and_records)
    for count, ptime in enumerate((10, 20, 30, 40, 60), 1):
        began = time.monotonic()
        call = ask(phone, "0", ptime)
        call.speaks = None
        speak(phone, call, ptime, 0.7)
        call.bye()
        heard, samples = call.heard, 8 * ptime
        assert {len(packet.payload) for packet in heard} == {samples}
        pairs = list(pairwise(heard))
        assert {b.sequence - a.sequence for a, b in pairs} == {1}
        assert {b.stamp - a.stamp for a, b in pairs} == {samples}
        took = heard[-1].at - heard[0].at
        assert heard[-1].stamp - heard[0].stamp == pytest.approx(8000 * took, abs=2000)
        sound = b"".join(packet.payload for packet in heard)
        assert sound[-2400:-40] == sound[-2360:], "600 Hz without a gap"
        done = phone.expect(RecordDone, count=count)
        assert 0.55 < done.seconds < time.monotonic() - began
        said = [count for tone, count in tones_of(Path(done.file)) if tone == 400]
        assert sum(said) * PACKET > 0.5 * RATE


def speak(phone: Line, call: Dialog, ptime: int, seconds: float) -> None:
    """Says 400 Hz in packets of `ptime` ms."""
    sound = ulaw(400) * 3
    begin = time.monotonic()
    for number in range(round(1000 * seconds / ptime)):
        call.send_audio(sound[: 8 * ptime])
        call._stamp += 8 * ptime - 160
        phone.peer.run(None, begin + (number + 1) * ptime / 1000 - time.monotonic())


OURS = (
    "v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0 8 9 120\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:9 G722/8000\r\na=rtpmap:120 telephone-event/8000\r\n"
)
ORDER = ("PCMU", "PCMA", "G722")


@pytest.mark.parametrize(
    ("formats", "left"),
    [
        ("9 8 0 101", "0 120"),
        ("9 8", "8 120"),
        ("96 9", "9 120"),
        ("18", "0 8 9 120"),
        ("", "0 8 9 120"),
        ("97", "8 120"),
        ("98", "0 8 9 120"),
    ],
)
def test_our_answer_to_an_offer(formats: str, left: str) -> None:
    maps = "a=rtpmap:97 pcma/8000/1\r\na=rtpmap:98 PCMU/16000\r\na=rtpmap:x\r\n"
    answer = preferring(ORDER, OURS, f"v=0\r\nm=audio 9 RTP/AVP {formats}\r\n{maps}")
    assert f"m=audio 4000 RTP/AVP {left}\r\n" in answer
    for number in ("0", "8", "9", "120"):
        assert (f"a=rtpmap:{number} " in answer) == (number in left.split())


@pytest.mark.parametrize("offer", ["", "m=", "v=0\r\nm=audio\r\n", "m=audio 1 RTP/AVP 0 0 0\n\n"])
def test_an_offer_that_is_none_changes_little(offer: str) -> None:
    assert preferring(ORDER, OURS, offer).startswith("v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000")


def test_each_stream_by_itself() -> None:
    both = "m=audio 1 RTP/SAVP 9\r\nm=audio 2 RTP/AVP 8 0\r\n"
    ours = "m=audio 5 RTP/SAVP 0 8 9\r\nm=audio 6 RTP/AVP 0 8 9\r\n"
    assert preferring(ORDER, ours, both) == "m=audio 5 RTP/SAVP 9\r\nm=audio 6 RTP/AVP 0\r\n"


SERVABLE: dict[str, bool] = {
    "c=IN IP4 192.0.2.1\r\nm=audio 9 RTP/AVP 0": True,
    "c=IN IP6 2001:db8::1\r\nm=audio 9 RTP/AVP 0": False,
    "c=IN IP6 2001:db8::1\r\nm=audio 9 RTP/AVP 0\r\nc=IN IP4 192.0.2.1": True,
    "c=IN IP4 192.0.2.1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0": False,
    "c=IN IP4 192.0.2.1\nM=Audio 9  udp/tls/rtp/savp 0": False,
    "s=UDP/TLS\r\nc=IN IP4 192.0.2.1\r\nm=audio 9 RTP/AVP 0": True,
    "": True,
}


@pytest.mark.parametrize(("sdp", "can"), SERVABLE.items())
def test_what_can_be_served(sdp: str, can: bool) -> None:
    assert unservable(b"INVITE ...\r\n\r\nv=0\r\n" + sdp.encode()) != can
