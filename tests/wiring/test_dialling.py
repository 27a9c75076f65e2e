"""What a call out comes to, and what cannot be dialled at all."""

from __future__ import annotations

import json
import signal
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from ivr.dialling import outcome
from tests.commands import Ivr, command_line

HEAD = {"at": 0.0, "call": "a", "flow": "f", "version": "v", "worker": "w", "wall": 1.7e9}
OFFERED = {"at": 0.0, "event": "offered", "caller": "", "dialled": "601", "direction": "out"}
ANSWERED = {"at": 1.0, "event": "answered"}
REFUSED = {"at": 3, "effect": "note", "kind": "not_accepted", "detail": "no_input"}
BROKEN = {"at": 3, "effect": "note", "kind": "failed", "detail": "ask: no such thing"}


def end(by: str, code: int = 0, reason: str = "") -> dict[str, Any]:
    return {"at": 4.0, "event": "hung_up", "by": by, "code": code, "reason": reason}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([ANSWERED, end("flow", reason="OK")], ("answered", 200, "")),
        ([ANSWERED, end("caller")], ("answered", 200, "")),
        ([ANSWERED, REFUSED, end("flow")], ("not_accepted", 200, "")),
        ([end("far_end", 486, "Busy Here")], ("busy", 486, "Busy Here")),
        ([end("far_end", 603, "Decline")], ("rejected", 603, "Decline")),
        ([end("far_end", 404, "Not Found")], ("unreachable", 404, "Not Found")),
        ([end("far_end", 0, "not_allowed")], ("rejected", 0, "not_allowed")),
        ([end("far_end", 480)], ("no_answer", 480, "")),
        ([end("no_answer", 487, "x")], ("no_answer", 487, "")),
        ([end("flow", 487)], ("failed", 487, "flow")),
        ([end("operator", 487, "x")], ("failed", 487, "operator")),
        ([ANSWERED, end("media_timeout")], ("failed", 200, "media_timeout")),
        ([ANSWERED, BROKEN, end("flow")], ("failed", 200, "ask: no such thing")),
        ([ANSWERED, end("worker", 0, "hung")], ("failed", 200, "hung")),
    ],
)
def test_what_it_comes_to(lines: list[dict[str, Any]], expected: tuple[str, int, str]) -> None:
    found = outcome([json.dumps(line) for line in (HEAD, OFFERED, *lines)])
    assert (found.outcome, found.code, found.reason) == expected
    assert found.record["id"] == "a" and found.record["direction"] == "out"


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "menu.yaml").write_text(
        "ivr: 1\nflow: menu\nstart: a\nstates: {a: {do: [answer, hang_up]}}\n"
    )
    (tmp_path / "ivr.yaml").write_text('routes: {"*": menu.yaml}\n')
    return command_line(capsys, monkeypatch)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["601", "--flow", "menu"], "nothing says where '601' is; expected such as sip:601@"),
        (["sip:601@pbx", "--flow", "meny"], "there is no flow 'meny'; there are: menu"),
        (["sip:601@pbx", "--flow", "no.yaml"], "no.yaml: cannot be read"),
        (["", "--flow", "menu"], "'' is not a SIP URI; expected such as sip:601@"),
        (["sip:601@pbx", "--flow", "menu", "--accept", "12"], "accept: '12' is no key; expected"),
    ],
)
def test_what_cannot_be_dialled(ivr: Ivr, words: list[str], fault: str) -> None:
    before = signal.getsignal(signal.SIGINT)
    said = ivr("dial", *words)
    assert said.code in (1, 2) and fault in said.err and not said.out
    assert signal.getsignal(signal.SIGINT) is before


class Api(BaseHTTPRequestHandler):
    """A server that knows the token, and goes away in the middle of a call."""

    def do_GET(self) -> None:
        allowed = self.headers["Authorization"] == "Bearer correct-horse-battery"
        self.send_response(200 if allowed else 401)
        self.end_headers()
        if self.path.endswith("journal"):
            self.wfile.write(b"id: 1\ndata: " + json.dumps(OFFERED).encode() + b"\n\n")

    def do_POST(self) -> None:
        self.send_response(202)
        self.end_headers()
        self.wfile.write(b'{"id": "20251122-a"}')

    def log_message(self, *words: object) -> None:
        pass


@pytest.mark.parametrize("token", ["correct-horse-battery", "of-another-project"])
def test_a_server_that_is_lost_or_anothers(ivr: Ivr, tmp_path: Path, token: str) -> None:
    with HTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever).start()
        (tmp_path / "token").write_text(token)
        (tmp_path / "ivr.yaml").write_text(
            'routes: {"*": menu.yaml}\n'
            f"control: {{port: {server.server_port}, token_file: token}}\n"
        )
        said = ivr("dial", "sip:601@pbx" if token.startswith("c") else "601", "--flow", "menu")
        server.shutdown()
    assert said.code == 2
    lost = "is gone; `ivr calls show 20251122-a` tells what came of it" in said.err
    assert lost == token.startswith("c")
    assert ("601 is called" in said.out) == lost


class Refusing(Api):
    """A server whose settings do not let it call."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        if self.path.endswith("journal"):
            for line in (HEAD, OFFERED, end("far_end", 0, "not_allowed")):
                self.wfile.write(b"data: " + json.dumps(line).encode() + b"\n\n")


def test_who_may_not_be_called_by_the_server_is_told_with_what_to_do(
    ivr: Ivr, tmp_path: Path
) -> None:
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever).start()
        (tmp_path / "token").write_text("correct-horse-battery")
        (tmp_path / "ivr.yaml").write_text(
            'routes: {"*": menu.yaml}\n'
            f"control: {{port: {server.server_port}, token_file: token}}\n"
        )
        said = ivr("dial", "sip:100@8.8.8.8", "--flow", "menu")
        server.shutdown()
    assert said.code == 1 and said.out.endswith("rejected not_allowed\n")
    assert "add 100@8.8.8.8 (8.8.8.8: any number there) to calls_out.allow in ivr.yaml" in said.err
