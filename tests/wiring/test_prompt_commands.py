"""ivr prompts build, check and time: a few prompts, with the real voice."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.speech import audio
from tests.commands import Ivr, command_line

FLOW = """\
ivr: 1
flow: front
start: menu
languages: [en, de]
states:
  menu:
    do: [answer, say: welcome, ask: {choices: {sales: 1, help: 2}}]
    then: {sales: end, help: end, no_input: end, no_match: end}
"""
SETTINGS = "routes: {'*': front.yaml}\n"
BUILT_IN = 6  # sorry, no_input and no_match, in two languages


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts").mkdir()
    write(tmp_path)
    return command_line(capsys, monkeypatch)


def write(folder: Path, german: str = "welcome: Guten Tag.\n", settings: str = "") -> None:
    (folder / "front.yaml").write_text(FLOW)
    (folder / "ivr.yaml").write_text(SETTINGS + settings)
    (folder / "prompts/en.yaml").write_text("welcome: Welcome to us.\n")
    (folder / "prompts/de.yaml").write_text(german)


def rows(ivr: Ivr, *words: str) -> list[dict[str, object]]:
    found = json.loads(ivr("prompts", *words, "--json").out)
    assert isinstance(found, list)
    return found


def test_only_what_is_missing_or_has_changed_is_made(ivr: Ivr, tmp_path: Path) -> None:
    # Two welcomes, and the menu that is built of the choices in two languages.
    count = BUILT_IN + 4
    assert ivr("prompts", "build", "--jobs", "2").out == f"{count} rendered, 0 at hand\n"
    assert ivr("prompts", "build").out == f"0 rendered, {count} at hand\n"
    write(tmp_path, german="welcome: Hallo.\n")
    changed = ivr("prompts", "build", "--clean")
    assert changed.out == f"1 rendered, {count - 1} at hand, 1 removed\n"
    assert ivr("prompts", "check") == (0, f"all {count} are well\n", "")


def test_prompts_go_elsewhere_at_another_rate(ivr: Ivr, tmp_path: Path) -> None:
    told = json.loads(ivr("prompts", "build", "--rate", "16000", "--to", "out", "--json").out)
    assert (told["rendered"], told["exported"], told["replaced"]) == (10, 10, [])
    with wave.open(str(tmp_path / "out/de/welcome.wav")) as file:
        assert (file.getframerate(), file.getnchannels()) == (16000, 1)
    assert len(list(tmp_path.glob("out/en/for_sales_press_1_for_help_press_2-*.wav"))) == 1
    refused = ivr("prompts", "build", "--rate", "16000")
    assert refused.code
    assert "the line plays 8000 Hz; --to FOLDER receives prompts of 16000 Hz" in refused.err
    assert ivr("prompts", "build", "--rate", "16000", "--to", "out", "--clean").code


def test_what_is_wrong_is_told_with_its_place(ivr: Ivr, tmp_path: Path) -> None:
    more, limit = "other: Guten Tag.\n", "voice: {longest: 2.5}\n"
    write(tmp_path, "welcome: Hallo.\n" + more, limit)
    tone = np.clip(1.5 * np.sin(np.arange(8000) / 4), -1, 1)
    (tmp_path / "prompts/en").mkdir()
    audio.write(tmp_path / "prompts/en/no_match.wav", np.asarray(tone, np.float32))
    assert {each["kind"] for each in rows(ivr, "check")} == {"not rendered", "unused"}
    ivr("prompts", "build")
    write(tmp_path, more, limit)
    said = ivr("prompts", "check")
    assert said.code == 1
    lines = said.out.splitlines()
    assert lines[:2] == [
        "front.yaml:7:18: de welcome: is played here, and is not there",
        "prompts/de.yaml:1:1: de other: no flow plays it",
    ]
    clipped = "clipped: its loudest parts are cut off; record it again, less loud"
    assert f"prompts/en/no_match.wav: en no_match: {clipped}" in lines
    menu = 'front.yaml:7:32: en "For sales, press 1. For help, press 2.": too long: '
    assert any(line.startswith(menu) for line in lines)


def test_what_is_unused_is_no_failure(ivr: Ivr, tmp_path: Path) -> None:
    write(tmp_path, german="welcome: Hallo.\nother: Anderes.\n")
    ivr("prompts", "build")
    said = ivr("prompts", "check")
    assert said.code == 0
    assert [each["name"] for each in rows(ivr, "check")] == ["other"]


def test_waits_are_those_of_the_rendered_sounds(ivr: Ivr) -> None:
    found = rows(ivr, "time", "front")
    assert [(each["state"], each["choice"], each["keys"]) for each in found] == [
        ("menu", "sales", ["1"]),
        ("menu", "help", ["2"]),
    ]
    sales, help_ = (float(str(each["from_menu"])) for each in found)
    assert 0.5 < sales < help_ < 6
    assert float(str(found[0]["from_call"])) > sales + 0.4
    german = ivr("prompts", "time", "front.yaml", "--language", "de")
    assert german.code == 0
    assert "in the call" in german.out
    wrong = ivr("prompts", "time", "fron")
    assert "there is no flow 'fron'; there are: front" in wrong.err
