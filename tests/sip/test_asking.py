"""On the wire: sounds that are no words, and a PIN that is counted across calls."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from . import audio
from .hall import TONES, Hall

pytestmark = pytest.mark.line

SOUNDS = """
ivr: 1
flow: sounds
start: only
states:
  only:
    do:
      - answer
      - play: [{file: music.wav}, {silence: 200 ms}, {tone: 1100 Hz for 200 ms}, {url: "%s"}]
      - play: {file: music.wav, seconds: 1 s}
      - play: {tone: de ringback for 500 ms}
      - hang_up
"""
PIN = """
ivr: 1
flow: pin
start: pin
states:
  pin:
    do:
      - answer
      - authenticate:
          prompts: menu
          expected: "'4711'"
          length: 4
          max_failures: 3
          locked_for: 1 h
          wrong_prompts: no_match
      - say: welcome
    then: {done: end, failed: end, locked: locked}
  locked: {do: {say: night}, then: end}
"""


class News(BaseHTTPRequestHandler):
    """A host with one sound, of 1200 Hz."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/news.wav" else 404)
        self.end_headers()
        self.wfile.write(self.server.sound)  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = tmp_path_factory.mktemp("news") / "news.wav"
    audio.write_wav(file, audio.sine(1200, 2400))
    server = ThreadingHTTPServer(("127.0.0.1", 0), News)
    server.sound = file.read_bytes()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/news.wav"
    server.shutdown()
    thread.join()
    server.server_close()


class Asking(Hall):
    """A hall with two numbers more."""

    def __init__(self, folder: Path, news: str) -> None:
        self.news = news
        super().__init__(folder)

    def _write(self) -> None:
        super()._write()
        flows, file = self.folder / "flows", self.folder / "ivr.yaml"
        audio.write_wav(flows / "music.wav", audio.sine(900, 2400))
        (flows / "sounds.yaml").write_text(SOUNDS % self.news)
        (flows / "pin.yaml").write_text(PIN)
        settings = json.loads(file.read_text())
        settings["routes"] |= {"sounds": "flows/sounds.yaml", "pin": "flows/pin.yaml"}
        settings["work"] = {"http": {"hosts": ["127.0.0.1"], "private": ["127.0.0.0/8"]}}
        file.write_text(json.dumps(settings))


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, news: str) -> Iterator[Hall]:
    hall = Asking(tmp_path_factory.mktemp("asking"), news)
    yield hall
    assert hall.close() == 0
    assert "Traceback" not in hall.log.read_text()


def test_sounds_of_all_kinds_are_heard_one_after_the_other(hall: Hall) -> None:
    call = hall.peer.up("sounds")
    hall.peer.expect(lambda: call.got("BYE"), "the end")
    heard = call.tones()
    (first, tone, web), again, last = heard[:3], heard[3:-1], heard[-1]
    assert (first[0], tone[0], web[0]) == (900, 1100, 1200), heard
    assert first[1] in (14, 15, 16) and tone[1] in (9, 10, 11) and web[1] in (14, 15, 16), heard
    assert {hertz for hertz, _ in again} == {900} and last[0] == 425, heard
    assert 36 <= sum(count for _, count in again) <= 51, "again and again, for a second"


def test_a_pin_lets_in_and_is_in_no_journal(hall: Hall) -> None:
    call = hall.peer.up("pin")
    hall.hears(call, "menu")
    for key in "1111":
        call.press(key)
    hall.hears(call, "no_match", "menu")
    for key in "4711":
        call.press(key)
    hall.hears(call, "welcome")
    hall.peer.expect(lambda: call.got("BYE"), "the end")
    journal = str(hall.journal(flow="pin"))
    assert "1111" not in journal and "4711" not in journal
    assert "typed ***" in journal


def test_too_many_wrong_ones_lock_it_for_the_next_call_as_well(hall: Hall) -> None:
    call = hall.peer.up("pin")
    hall.hears(call, "menu")
    for number in range(3):
        for key in f"000{number}":
            call.press(key)
        hall.peer.run(None, 0.5)
    hall.hears(call, "night")
    hall.peer.expect(lambda: call.got("BYE"), "the end")
    call = hall.peer.up("pin")
    hall.hears(call, "night")
    assert TONES["menu"][0] not in [hertz for hertz, _ in call.tones()]
    hall.peer.expect(lambda: call.got("BYE"), "the end")
