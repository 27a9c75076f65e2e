"""Connections to hosts, whose addresses and whose time the test decides."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import httpcore
import pytest

from ivr.work.hosts import Guarded, Hosts
from ivr.work.job import Deadline, Failed
from ivr.work.sound import Download

BOTH = ["2606:4700::1111", "8.8.8.8"]


class Network(httpcore.NetworkBackend):
    """Where only some addresses answer; who asks another one waits as long as he wants to."""

    def __init__(self, *answering: str) -> None:
        self.answering = answering
        self.now = 100.0
        self.waited: dict[str, float] = {}

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *others: Any, **more: Any
    ) -> httpcore.NetworkStream:
        if host in self.answering:
            return httpcore.NetworkStream()
        assert timeout
        self.waited[host] = timeout
        self.now += timeout
        raise httpcore.ConnectTimeout

    def connect(self, *addresses: str) -> httpcore.NetworkStream:
        hosts = Hosts(look_up=lambda host, port: addresses)
        deadline = Deadline(4, lambda: self.now)
        return Guarded(hosts, deadline, self).connect_tcp("crm.example", 443)


def test_an_address_that_does_not_answer_leaves_time_for_the_next() -> None:
    there = Network("8.8.8.8")
    assert there.connect(*BOTH)
    assert there.waited == {"2606:4700::1111": 2.0}


def test_the_last_address_gets_all_that_is_left() -> None:
    there = Network()
    with pytest.raises(httpcore.ConnectTimeout):
        there.connect(*BOTH)
    assert there.waited == {"2606:4700::1111": 2.0, "8.8.8.8": 2.0}


def test_a_name_is_waited_for_no_longer_than_there_is_time(tmp_path: Path) -> None:
    nobody_answers = threading.Event()

    def look_up(host: str, port: int) -> list[str]:
        nobody_answers.wait(3)
        raise OSError(1, "no such name")

    fetch = Download(Hosts(look_up=look_up))
    with pytest.raises(Failed, match="it took too long"):
        fetch("https://cdn.example/news.wav", tmp_path / "news.wav", 0.1)
    nobody_answers.set()
