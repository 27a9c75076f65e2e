"""What `ivr doctor` and `ivr serve` find out about a machine that is to carry many calls."""

import contextlib
import os
import resource
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ivr.config import Settings, load_settings
from ivr.engine.errors import SettingsError
from ivr.fleet.check import check, place, require_room
from ivr.fleet.place import line_settings
from ivr.sip import check as line
from ivr.sip.check import Finding

PORTS = {"sip": {"port": 32060, "rtp_port": 32200}, "fleet": {"first_port": 32100}}

Make = Callable[..., Settings]


@pytest.fixture
def settings(tmp_path: Path) -> Make:
    """The settings of a server that takes `calls` calls; what else is said is added."""

    def make(calls: int = 8, **sections: Any) -> Settings:
        file = tmp_path / "ivr.yaml"
        parts = {name: {**PORTS.get(name, {}), **sections.get(name, {})} for name in PORTS}
        file.write_text(
            yaml.dump({"routes": {"*": "menu.yaml"}, "calls": calls, **sections, **parts})
        )
        return load_settings(file)

    return make


def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding for finding in check(settings)}


@pytest.mark.line
def test_a_machine_that_has_all(settings: Make) -> None:
    found = findings(settings())
    assert {"front", "ports of workers", "open files", "threads", "memory"} <= set(found)
    assert all(finding.ok for finding in found.values())


@pytest.mark.parametrize("calls", [0, 1, 4])
def test_one_worker_needs_no_fleet(settings: Make, calls: int) -> None:
    assert set(findings(settings(calls))) == {"control API", "user"}
    assert place(settings(calls)) is None


def test_the_rtp_of_all_workers_counts(settings: Make) -> None:
    many = settings(calls=64)  # 16 workers, in three versions
    (rtp,) = (x for x in line.check(line_settings(many, place(many))) if x.what == "RTP ports")
    assert rtp == Finding("RTP ports", True, "32200 to 34119")


@pytest.mark.parametrize(
    ("calls", "ports", "fault"),
    [
        (2000, {}, "ports 32200 to 92199 for RTP; from 32200 on, there is room for 1108 calls"),
        (8, {"fleet": {"first_port": 65531}}, "ports 65531 to 65536; let them end below 65536"),
        (8, {"fleet": {"first_port": 32055}}, "ports 32055 to 32060, and 32060 is sip.port; move"),
        (8, {"fleet": {"first_port": 32195}}, "ports 32195 to 32200, and RTP 32200 to 32439; move"),
        (8, {"fleet": {"first_port": 32439}}, "ports 32439 to 32444, and RTP 32200 to 32439; move"),
    ],
)  # fmt: skip
def test_ports_that_clash(settings: Make, calls: int, ports: Any, fault: str) -> None:
    wrong = settings(calls, **ports)
    assert not findings(wrong)["ports of workers"].ok
    with pytest.raises(SettingsError, match=fault):
        require_room(wrong, -(-calls // 4) * 3)


def test_rtp_on_another_address_is_not_in_the_way(settings: Make) -> None:
    apart = settings(sip={"address": "127.0.0.2"}, fleet={"first_port": 32200})
    assert findings(apart)["ports of workers"].ok


def test_a_port_of_a_worker_is_taken(settings: Make) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 32103))
        found = findings(settings())["ports of workers"]
    assert not found.ok and found.detail.startswith("UDP port 32103 of fleet.address 127.0.0.1: ")


def test_no_kamailio(settings: Make) -> None:
    found = findings(settings(front={"program": "/nowhere/kamailio"}))["front"]
    assert not found.ok and "apt-get install kamailio" in found.detail
    assert found.remedy == "without it one worker serves 4 calls"


@pytest.mark.line
def test_a_front_that_cannot_be(settings: Make, tmp_path: Path) -> None:
    (tmp_path / "users").write_text("al ice: secret\n")
    found = findings(settings(front={"users": "users"}))["front"]
    assert not found.ok and "the name 'al ice'" in found.detail
    found = findings(settings(front={"tls_key": "key.pem", "tls_certificate": "nowhere.pem"}))[
        "front"
    ]
    assert not found.ok and "nowhere.pem" in found.detail and "read this file" in found.remedy


@pytest.mark.parametrize(
    ("what", "limit", "allowed", "remedy"),
    [
        ("open files", resource.RLIMIT_NOFILE, 405, "`ulimit -n 406`, or LimitNOFILE=406"),
        ("threads", resource.RLIMIT_NPROC, 81, "`ulimit -u 82`, or LimitNPROC=82"),
    ],
)
def test_limits(settings: Make, what: str, limit: int, allowed: int, remedy: str) -> None:
    soft, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (allowed, hard))
    try:
        low = findings(settings())[what]
    finally:
        resource.setrlimit(limit, (soft, hard))
    assert not low.ok and low.remedy.startswith(remedy)
    assert findings(settings())[what].ok


def test_a_control_port_that_is_taken(settings: Make) -> None:
    def found(**control: Any) -> Finding:
        return findings(settings(control=control))["control API"]

    with socket.create_server(("127.0.0.1", 32080)):
        assert not found(port=32080).ok
    with socket.socket() as other:
        with contextlib.suppress(OSError):  # somebody has it already
            other.bind(("127.0.0.2", 8080))
        unasked = found(address="127.0.0.2")
    assert unasked.ok and unasked.remedy == "set another control.port"


def test_the_user(settings: Make) -> None:
    assert findings(settings(user="nobody"))["user"].ok
    found = findings(settings(user="nobody at all"))["user"]
    assert not found.ok and found.remedy == "`adduser --system --group nobody at all` makes one"
    nameless = findings(settings())["user"]
    assert nameless.ok and bool(nameless.remedy) == (os.geteuid() == 0)
