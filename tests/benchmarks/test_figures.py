"""The line benchmark tells what is wrong with a call, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from benchmarks.fleet import highest
from benchmarks.line.ear import Audio
from benchmarks.line.figures import Spread

from .wire import PRESSED, SILENT, Rtp, Wire, menu, sound

HOLD = 200  # packets
KEYS = ((PRESSED, 5), (PRESSED + 2000, 1))


def held(wire: Wire, packets: list[Rtp], **changed: Any) -> None:
    wire.call(packets, **{"keys": (), "by": "caller", "ended": 20 * HOLD + 10, **changed})


def test_a_menu_without_a_fault() -> None:
    wire = Wire("M")
    wire.call(menu())
    found = wire.figures()
    assert (found.offered, found.answered, found.ok, found.failures) == (1, 1, 1, {})
    assert found.audio == Audio(packets=376)
    assert found.invite_to_200 and found.invite_to_200.p50 == 2
    assert found.invite_to_sound and found.invite_to_sound.p50 == 12
    assert found.key_to_sound and found.key_to_sound.p50 == 20
    assert found.jitter and found.jitter.most == 0
    assert found.lateness and found.lateness.most == 0
    assert found.least_complete == 1
    assert found.call_minutes == pytest.approx((8 - 0.002) / 60)


def test_a_wrong_key_before_the_right_one() -> None:
    wire = Wire("M")
    wire.call(menu(("invalid", 50), ("a", 50)), keys=KEYS, ended=11_000)
    found = wire.figures()
    assert found.ok == found.invalid_heard == 1
    assert found.key_to_sound and found.key_to_sound.p50 == 20


def lost(packets: list[Rtp]) -> None:
    del packets[100:102]


def twice(packets: list[Rtp]) -> None:
    packets.append(Rtp(packets[100].at + 1, 100, packets[100].stamp, packets[100].payload))


def one_late(packets: list[Rtp]) -> None:
    packets[100].at += 45


def paused_and_shifted(packets: list[Rtp]) -> None:
    for packet in packets[100:]:
        packet.at += 80


def paused_and_caught_up(packets: list[Rtp]) -> None:
    for packet in packets[100:]:
        packet.at = max(packet.at, packets[99].at + 100 + packet.sequence / 1000)


def slow(packets: list[Rtp]) -> None:
    for packet in packets:
        packet.at += packet.sequence / 2


def jumped(packets: list[Rtp]) -> None:
    for packet in packets[100:]:
        packet.stamp += 1600


def half_a_tone(packets: list[Rtp]) -> None:
    packets[100].payload = SILENT[:80] + packets[100].payload[80:]


def another_phase(packets: list[Rtp]) -> None:
    for packet in packets[100:]:
        packet.payload = packet.payload[5:] + packet.payload[:5]


def silence(packets: list[Rtp]) -> None:
    for packet in packets[100:103]:
        packet.payload = SILENT


def short(packets: list[Rtp]) -> None:
    packets[100].payload = packets[100].payload[:80]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (lost, {"lost": 2}),
        (twice, {"duplicate": 1}),
        (one_late, {"reordered": 1, "late": 1}),
        (paused_and_shifted, {"gaps": 1, "late": 3}),
        (paused_and_caught_up, {"gaps": 1, "late": 3}),
        (slow, {"late": 3}),
        (jumped, {"jumps": 1}),
        (half_a_tone, {"partial": 1}),
        (another_phase, {"slips": 1}),
        (silence, {"gaps": 1}),
        (short, {"wrong_length": 1, "jumps": 1}),
    ],
)
def test_a_fault_in_the_audio(fault: Callable[[list[Rtp]], None], found: dict[str, int]) -> None:
    wire = Wire("H")
    packets = sound(("hold", HOLD))
    fault(packets)
    held(wire, packets)
    audio = asdict(wire.figures().audio)
    del audio["packets"]
    assert {kind: count for kind, count in audio.items() if count} == found


def test_jitter_is_how_uneven_packets_come() -> None:
    wire = Wire("H")
    packets = sound(("hold", HOLD))
    packets[100].at += 7
    held(wire, packets)
    found = wire.figures()
    assert found.jitter and found.lateness
    assert found.jitter.most == found.lateness.most == 7
    assert found.jitter.p95 == found.lateness.p99 == 0


@pytest.mark.parametrize(
    ("why", "changed"),
    [
        ("no final answer to INVITE", {"heard": [], "code": 0}),
        ("status 503", {"heard": [], "code": 503}),
        ("no RTP", {"heard": []}),
        ("the caller sent no key", {"keys": ()}),
        ("prompt a not heard before the key", {"heard": sound(("", 76), ("b", 300))}),
        ("prompt b not heard", {"heard": sound(("a", 300))}),
        ("prompt b not heard", {"heard": menu(("b", 300))[:50]}),
        ("prompt b cut short", {"heard": menu(b=280)}),
        ("prompt a heard after b", {"heard": sound(("a", 76), ("b", 290), ("a", 9), ("b", 10))}),
        ("prompt invalid not heard after a wrong key", {"keys": ((PRESSED, 5), (PRESSED + 9, 1))}),
        ("no BYE from the server", {"by": "caller"}),
        ("no BYE from the server", {"ended": 0}),
    ],
)
def test_a_menu_that_fails(why: str, changed: dict[str, Any]) -> None:
    wire = Wire("M")
    wire.call(**{"heard": menu(), **changed})
    wire.call(menu())
    found = wire.figures()
    assert found.failures == {why: 1}
    assert (found.offered, found.ok, found.failed_share) == (2, 1, 0.5)


@pytest.mark.parametrize(
    ("why", "packets", "changed"),
    [
        ("prompt hold not heard", sound(("a", HOLD)), {}),
        ("no BYE", sound(("hold", HOLD)), {"ended": 0}),
        ("the server hung up", sound(("hold", HOLD)), {"by": "server"}),
        ("BYE not answered", sound(("hold", HOLD)), {"confirmed": False}),
        ("under 95 % of prompt hold heard", sound(("hold", 180), ("", 20)), {}),
    ],
)
def test_a_held_call_that_fails(why: str, packets: list[Rtp], changed: dict[str, Any]) -> None:
    wire = Wire("H")
    held(wire, packets, **changed)
    found = wire.figures()
    assert found.failures == {why: 1}
    assert len(found.examples) == 1 and why in found.examples[0]


def test_how_many_were_up_at_once() -> None:
    wire = Wire("H")
    held(wire, sound(("hold", HOLD)), answered=5, ended=100)
    held(wire, sound(("hold", HOLD)), answered=50, ended=200)
    held(wire, sound(("hold", HOLD)), answered=150, ended=300)
    assert wire.figures().peak == 2


def test_no_call_was_offered() -> None:
    found = Wire("M").figures()
    assert (found.offered, found.invite_to_200, found.least_complete) == (0, None, None)
    assert found.failed_share == found.late_share == 1


def test_percentiles_are_times_that_were_measured() -> None:
    spread = Spread.of(n * 1_000_000 for n in range(1, 101))
    assert spread == Spread(100, 1, 50, 95, 99, 100, 100)


@pytest.mark.parametrize("limit", [3, 30, 250, 287, 900])
def test_capacity_is_found(limit: int) -> None:
    good, bad = highest(lambda calls: calls <= limit, 250)
    assert good <= limit < bad <= good + 10


def test_capacity_ends_at_the_most_that_is_tried() -> None:
    assert highest(lambda calls: True, 250) == (1000, 0)
