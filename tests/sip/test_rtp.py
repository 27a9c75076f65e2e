"""RTP as our own caller makes and reads it."""

import pytest

from ivr.sip import rtp
from ivr.sip.heard import ENOUGH, QUIET, Heard

from . import audio


def test_loudness_is_that_of_the_samples() -> None:
    assert [rtp.loudness(bytes([code])) for code in range(256)] == [abs(x) for x in audio.ULAW]
    assert rtp.loudness(rtp.SILENCE) == rtp.loudness(b"") == 0


@pytest.mark.parametrize(
    ("packet", "sound"),
    [
        (bytes([0x80, 0, *range(10)]) + b"abc", b"abc"),
        (bytes([0x82, 0x80, *range(18)]) + b"abc", b"abc"),  # two contributing sources, marker
        (bytes([0x80, 101, *range(10)]) + b"abc", b""),
        (bytes([0x81, 200, *range(10)]) + b"abc", b""),  # RTCP
        (bytes([0x40, 0, *range(10)]) + b"abc", b""),
        (b"\x80\x00", b""),
    ],
)
def test_sound_in_packets(packet: bytes, sound: bytes) -> None:
    assert rtp.pcmu(packet) == sound


@pytest.mark.parametrize(
    ("sdp", "there"),
    [
        (rtp.offer("192.0.2.1", 4000), ("192.0.2.1", 4000)),
        ("c=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.2", ("192.0.2.2", 4000)),
        ("c=IN IP4 192.0.2.1\r\nm=audio 0 RTP/AVP 0\r\n", None),
        ("", None),
    ],
)
def test_where_sound_is_to_go(sdp: str, there: tuple[str, int] | None) -> None:
    assert rtp.media_address(sdp) == there


def test_time_and_order_of_packets_go_on_through_a_key() -> None:
    stream = rtp.Stream()
    packets = [stream.packet()]
    stream.press("1")
    packets += [stream.packet() for _ in range(9)]
    numbers = [int.from_bytes(packet[2:4]) for packet in packets]
    assert [number - numbers[0] for number in numbers] == list(range(10))
    times = [int.from_bytes(packet[4:8]) for packet in packets]
    assert [time - times[0] for time in times] == [0, *8 * [160], 9 * 160]
    assert [packet[1] & 0x7F for packet in packets] == [0, *8 * [101], 0]


def test_only_sound_that_is_new_counts_after_a_turn() -> None:
    heard, menu, other = Heard(), audio.ulaw(300), audio.ulaw(400)
    for n in range(ENOUGH):
        assert not heard.has_sound
        heard.take(menu, 10 + n / 50)
    assert heard.has_sound and heard.since == 10
    assert not heard.is_quiet(10) and heard.is_quiet(10.1 + QUIET)
    heard.turn()
    for n in range(ENOUGH):
        heard.take(menu[40:] + menu[:40], 20 + n / 50)
    assert not heard.has_sound and heard.packets == ENOUGH and heard.since is None
    for n in range(ENOUGH):
        heard.take(other, 30 + n / 50)
    assert heard.has_sound and heard.since == 30
