"""The test call of `ivr doctor`: a line of its own, and whether sound passes both ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ivr.config import load_settings
from ivr.fleet.trial import Trial, judged, trial
from ivr.sip.check import Finding

from ..ports import rtp_port

GOOD = Trial(
    answered=0.01,
    media="audio 4000 RTP/AVP 0 101 at 192.0.2.1",
    heard=0.02,
    reacted=0.03,
    line={"key": "5", "sound": 0.6, "media": {"codec": "PCMU", "packets_received": 40}},
)

Try = Callable[..., dict[str, Finding]]


@pytest.fixture
def tried(tmp_path: Path) -> Try:
    def run(**sip: Any) -> dict[str, Finding]:
        file = tmp_path / "ivr.yaml"
        sip = {"rtp_port": rtp_port(), **sip}
        file.write_text(yaml.dump({"routes": {"*": "menu.yaml"}, "sip": sip}))
        return {finding.what: finding for finding in trial(load_settings(file))}

    return run


@pytest.mark.line
def test_sound_both_ways_and_a_key(tried: Try) -> None:
    found = tried()
    assert all(finding.ok and not finding.remedy for finding in found.values()), found
    assert list(found) == ["test call", "sound to callers", "sound from callers", "keys"]
    assert ", with audio " in found["test call"].detail
    assert "PCMU" in found["sound from callers"].detail


@pytest.mark.line
def test_an_address_of_another_machine(tried: Try) -> None:
    (fault,) = tried(address="192.0.2.1").values()
    assert not fault.ok and fault.detail.startswith("no port of 192.0.2.1 can be had: ")


@pytest.mark.parametrize(
    ("changed", "what", "detail"),
    [
        ({"heard": None}, "sound to callers", "the caller heard nothing"),
        ({"line": {}}, "sound from callers", "0.0 s of a caller's tone, in 0 packets"),
        ({"line": {"sound": 0.1, "media": {"packets_received": 7}}}, "sound from callers", "in 7"),
        ({"line": {"sound": 1, "media": {}}}, "keys", "a caller pressed 5, and nothing came"),
        ({"line": {"key": "6", "sound": 1}}, "keys", "pressed 5, and 6 came"),
        ({"reacted": None}, "keys", "5 came, but the next prompt was not heard"),
    ],
)
def test_verdicts(changed: dict[str, Any], what: str, detail: str) -> None:
    assert all(finding.ok for finding in judged(GOOD))
    finding = next(finding for finding in judged(replace(GOOD, **changed)) if not finding.ok)
    assert finding.what == what and detail in finding.detail and finding.remedy


def test_no_call_no_more_verdicts() -> None:
    (finding,) = judged(Trial("expected 200, got SIP/2.0 503 Service Unavailable"))
    assert not finding.ok and "503" in finding.detail and finding.remedy
