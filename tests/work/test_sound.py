"""Sounds of the web, from a host of our own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ivr.work.hosts import Hosts
from ivr.work.job import Failed
from ivr.work.sound import Download

SOUND = bytes(range(256)) * 40


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        match self.path:
            case "/news.wav":
                self._answers(200, SOUND)
            case "/moved":
                self._answers(302, location="/news.wav")
            case "/round":
                self._answers(302, location="/round")
            case "/away":
                self._answers(302, location="http://elsewhere.example/news.wav")
            case "/slow":
                self.server.gone.wait(5)  # type: ignore[attr-defined]
            case _:
                self._answers(404)

    def _answers(self, code: int, body: bytes = b"", location: str = "") -> None:
        self.send_response(code)
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.gone = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.gone.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


OURS = Hosts(["127.0.0.1"], ["127.0.0.0/8"])


@pytest.mark.parametrize("path", ["/news.wav", "/moved"])
def test_a_sound_is_fetched(site: str, tmp_path: Path, path: str) -> None:
    Download(OURS)(site + path, tmp_path / "x", 5)
    assert (tmp_path / "x").read_bytes() == SOUND


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/none.wav", "127.0.0.1 answers 404"),
        ("/away", "it redirects to another host"),
        ("/round", "more than 5 redirects"),
    ],
)
def test_what_is_not_there_is_not_fetched(site: str, tmp_path: Path, path: str, words: str) -> None:
    with pytest.raises(Failed, match=words):
        Download(OURS)(site + path, tmp_path / "x", 5)


def test_it_takes_no_longer_than_it_may(site: str, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="it took too long"):
        Download(OURS)(site + "/slow", tmp_path / "x", 0.2)


def test_it_is_no_larger_than_it_may_be(site: str, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="more than"):
        Download(OURS, largest=1000)(site + "/news.wav", tmp_path / "x", 5)


@pytest.mark.parametrize(
    ("hosts", "words"),
    [(Hosts(["cdn.example"]), "may not be asked"), (Hosts(), "a private address")],
)
def test_only_hosts_that_may_be_asked_are(
    site: str, tmp_path: Path, hosts: Hosts, words: str
) -> None:
    with pytest.raises(Failed, match=words):
        Download(hosts)(site + "/news.wav", tmp_path / "x", 5)


def test_nobody_listens_there(tmp_path: Path) -> None:
    with pytest.raises(Failed):
        Download(OURS)("http://127.0.0.1:1/news.wav", tmp_path / "x", 5)
