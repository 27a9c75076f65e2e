"""What `ivr doctor` is told about the line."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.sip.check import check
from ivr.sip.settings import LineSettings

from ..ports import free_port
from .peer import LOCAL


def settings(tmp_path: Path, **changed: object) -> LineSettings:
    known = {"recordings": tmp_path / "rec", "port": free_port(), **changed}
    return LineSettings(**known)  # type: ignore[arg-type]


@pytest.mark.line
def test_all_is_well(tmp_path: Path) -> None:
    findings = {finding.what: finding for finding in check(settings(tmp_path))}
    assert all(finding.ok for finding in findings.values())
    assert findings["SIP stack"].detail == "pjsua2 holds 4 calls in a process"
    assert "503" in findings["overload"].detail


@pytest.mark.line
def test_what_is_wrong_has_a_remedy(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.bind((LOCAL, 0))
        wrong = settings(
            tmp_path, port=taken.getsockname()[1], shim=False, rtp_port=10001,
            recordings=Path("/proc/nowhere"),
        )  # fmt: skip
        findings = [finding for finding in check(wrong) if not finding.ok]
    assert {finding.what for finding in findings} == {
        "overload", "TCP port", "RTP ports", "recordings",
    }  # fmt: skip
    assert all(finding.remedy for finding in findings)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"port": 0}, "out of range"),
        ({"port": 70000}, "out of range"),
        ({"rtp_port": 65500}, "cannot be used"),
        ({"rtp_port": 10000, "port": 10020}, "include the SIP port"),
        ({"address": "0.0.0.0"}, "set public_address"),
        ({"public_address": "pbx.test"}, "not an IPv4 address"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, changed: dict[str, object], words: str) -> None:
    findings = check(settings(tmp_path, **changed))
    wrong = [f"{finding.detail}; {finding.remedy}" for finding in findings if not finding.ok]
    assert any(words in text for text in wrong)


def test_only_what_needs_the_stack_imports_it() -> None:
    program = (
        "import sys, ivr.sip.check, ivr.sip.keys, ivr.sip.message, ivr.sip.recordings, "
        "ivr.sip.settings, ivr.sip.native, ivr.sip.shim, ivr.sip.sockets, ivr.sip.sound; "
        "sys.exit('pjsua2' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_sdp_will_say(tmp_path: Path) -> None:
    told = settings(
        tmp_path, public_address="192.0.2.7", rtp_port=20000, codecs=["G722", "PCMU"],
        srtp="optional",
    )  # fmt: skip
    findings = {finding.what: finding for finding in check(told)}
    assert "192.0.2.7, ports 20000 to 20199; G722, PCMU; keys" in findings["SDP"].detail
    assert findings["SRTP"].detail.startswith("optional")
    assert findings["IPv6"].detail.startswith("none") and "TLS" not in findings


def test_tls_on_the_line_is_better_in_the_front(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    told = settings(tmp_path, tls_certificate=certificate, tls_key=key, tls_port=free_port())
    (missing,) = (finding for finding in check(told) if finding.what == "TLS")
    assert not missing.ok and "No such file" in missing.detail
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         "/CN=localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    findings = {finding.what: finding for finding in check(told)}
    assert findings["TLS"].ok and "front.tls_certificate" in findings["TLS"].remedy
    assert findings["TLS port"].detail == f"{told.tls_port} is free"
