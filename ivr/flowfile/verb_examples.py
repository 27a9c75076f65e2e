"""An example of each verb in both spellings, and what others call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

FOLDER = Path(__file__).with_name("examples")
PEERS = {
    "asterisk": "Asterisk",
    "freeswitch": "FreeSWITCH",
    "twilio": "Twilio",
    "voicexml": "VoiceXML",
}


@dataclass(frozen=True, slots=True)
class VerbExample:
    """The same states in YAML and in Python; `peers`: what each of `PEERS` has for the verb."""

    yaml: str
    python: str
    peers: Mapping[str, str]


@cache
def verb_examples() -> Mapping[str, VerbExample]:
    """All of them, by the name of the verb."""
    files = sorted(FOLDER.glob("*.yaml"))
    return MappingProxyType({file.stem: _read(file) for file in files})


def _read(file: Path) -> VerbExample:
    return VerbExample(**yaml.safe_load(file.read_text("utf-8")))
