"""A project whose reading does not come to an end: it is given up, and leaves nobody behind."""

from __future__ import annotations

import asyncio
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.engine.errors import SettingsError
from ivr.fleet.nursery import Template
from ivr.fleet.overdue import place_in

from ..ports import free_port, rtp_port


def project(folder: Path, flow: str) -> Path:
    (folder / "menu.py").write_text(flow)
    file = folder / "ivr.yaml"
    file.write_text("routes: {'*': menu.py}\n")
    return file


def test_a_flow_that_is_read_for_ever_is_given_up_and_its_line_told(tmp_path: Path) -> None:
    """In C code, where Python's own alarms have no turn."""
    file = project(tmp_path, "import threading\nsum(range(10**14))\n")

    async def load() -> None:
        template = Template(1, lambda message: None, patience=5)
        with pytest.raises(SettingsError) as caught:
            await template.load(file, None)
        place = f"{tmp_path / 'menu.py'}:2"
        assert (
            str(caught.value) == f"{place}: reading the project did not come to an end within 5 s"
        )

    asyncio.run(load())


def test_the_place_is_in_the_main_thread_and_not_in_our_code_if_it_can_be() -> None:
    ours, deeper = [
        f'  File "{file}", line 5 in f\n' for file in (place_in.__code__.co_filename, os.__file__)
    ]
    other = 'Thread 0x0a (most recent call first):\n  File "job.py", line 1 in job\n\n'
    main = "Current thread 0x0b (most recent call first):\n"
    assert (
        place_in(other + main + deeper + '  File "menu.py", line 8 in only\n' + ours) == "menu.py:8"
    )
    assert place_in(other + main + deeper + ours) == f"{os.__file__}:5"
    assert place_in("") == ""


@pytest.mark.line
def test_a_server_that_is_killed_takes_along_the_template_that_still_reads(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "news")
    project(
        tmp_path, "news = open('news', 'w')\nprint('begun', file=news, flush=True)\nwhile 1: 0\n"
    )
    ports = {"SIP__PORT": free_port(), "CONTROL__PORT": free_port(), "SIP__RTP_PORT": rtp_port()}
    environment = {**os.environ, **{f"IVR_{name}": str(port) for name, port in ports.items()}}
    command = [sys.executable, "-m", "ivr", "serve"]
    server = subprocess.Popen(command, cwd=tmp_path, env=environment)
    with open(os.open(tmp_path / "news", os.O_RDONLY | os.O_NONBLOCK)) as news:
        assert select.select([news], [], [], 20)[0], "it does not begin"
        assert news.readline() == "begun\n"
        server.kill()
        server.wait()
        assert select.select([news], [], [], 20)[0], "it reads on"
        assert news.read() == ""
