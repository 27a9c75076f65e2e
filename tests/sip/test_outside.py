"""A call that waits for a web service, on the wire: the caller hears music meanwhile."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from tests.work.conftest import Request, Service, service

from .hall import Hall

__all__ = ["service"]  # the fixture
pytestmark = pytest.mark.line

LOOK = """
ivr: 1
flow: look
start: look
states:
  look:
    do:
      - answer
      - http:
          url: http://127.0.0.1:%d/{{ caller }}
          headers: {Authorization: 'Bearer {{ secrets.crm }}'}
          into: {prompt: body.prompt}
          seconds: 20
          while_waiting: {play: menu, after: 0.3}
      - remember: {add: {visits: 1}}
      - branch: {first: visits == 1 and prompt == "welcome"}
    then: {first: first, otherwise: again, failed: again, timeout: again}
  first: {do: [{say: welcome}, hang_up]}
  again: {do: [{say: goodbye}, hang_up]}
"""


class LookUp(Hall):
    """A hall with one number more, at which a web service is asked."""

    def __init__(self, folder: Path, port: int) -> None:
        self.service_port = port
        super().__init__(folder)

    def _write(self) -> None:
        super()._write()
        (self.folder / "flows/look.yaml").write_text(LOOK % self.service_port)
        (self.folder / "crm.token").write_text("open-sesame")
        settings = json.loads((self.folder / "ivr.yaml").read_text())
        settings["routes"]["look"] = "flows/look.yaml"
        settings["secrets"] = {"crm": {"file": "crm.token"}}
        settings["work"] = {"http": {"hosts": ["127.0.0.1"], "private": ["127.0.0.0/8"]}}
        (self.folder / "ivr.yaml").write_text(json.dumps(settings))


def test_music_while_something_is_looked_up(tmp_path: Path, service: Service) -> None:
    answered = threading.Event()

    def reply(request: Request) -> None:
        assert answered.wait(20)
        request.answer(body=b'{"prompt": "welcome"}')

    service.replies = [reply]
    hall = LookUp(tmp_path, service.server_port)
    call = hall.peer.up("look")
    hall.hears(call, "menu")
    hall.peer.run(None, 1.5)  # it is begun again
    answered.set()
    hall.hears(call, "menu", "welcome")
    hall.peer.expect(lambda: call.got("BYE"), "BYE")
    journal = hall.journal(call)
    assert [line["detail"] for line in journal if line.get("kind") == "http"] == ["ok 200"]
    assert service.seen[0].path == "/alice"
    assert service.seen[0].headers["Authorization"] == "Bearer open-sesame"
    again = hall.peer.up("look")
    hall.hears(again, "goodbye")
    assert hall.close() == 0
    read = "".join(file.read_text(errors="replace") for file in tmp_path.rglob("*.jsonl"))
    assert "open-sesame" not in read + hall.log.read_text()
    assert (os.stat(tmp_path / "var/memory.db").st_mode & 0o777) == 0o640
    assert "Traceback" not in hall.log.read_text()
