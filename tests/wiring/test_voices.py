"""The voices that the settings name, as the command line and the prompts have them."""

import json
from pathlib import Path

import pytest

from ivr.config import load_settings
from ivr.project import voices
from ivr.speech.espeak_voice import EspeakEngine
from ivr.speech.piper_voice import PiperEngine
from ivr.speech.pyttsx3_voice import Pyttsx3Engine
from ivr.speech.recorded_voice import RecordedEngine
from tests.commands import Ivr, command_line


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words/en").mkdir(parents=True)
    (tmp_path / "a.yaml").write_text(
        "ivr: 1\nflow: a\nstart: a\nstates:\n"
        "  a: {do: [answer, {say: {text: <speak><x>Hi</x></speak>}}], then: end}\n"
    )
    return command_line(capsys, monkeypatch)


def settings(tmp_path: Path, voice: str = "") -> Path:
    file = tmp_path / "ivr.yaml"
    file.write_text(f"routes: {{'*': a.yaml}}\n{voice}\n")
    return file


def test_each_engine_is_one_that_settings_can_name(tmp_path: Path) -> None:
    said = "voice: {engine: recorded, recorded: words, fallback: [piper, pyttsx3, espeak-ng], "
    file = settings(tmp_path, said + "piper: {en: amy.onnx}, rate: 120, names: {en: gmw/en-us}}")
    made = voices(load_settings(file))
    kinds: list[type] = [RecordedEngine, PiperEngine, Pyttsx3Engine, EspeakEngine]
    assert [type(each.engine) for each in made] == kinds
    assert made[2].identity("en").endswith("voice gmw/en-us, 120 wpm, pitch 1, volume 1")


def test_without_settings_it_is_pyttsx3_and_then_espeak(tmp_path: Path) -> None:
    made = voices(load_settings(settings(tmp_path)))
    kinds: list[type] = [Pyttsx3Engine, EspeakEngine]
    assert [type(each.engine) for each in made] == kinds
    again = voices(load_settings(settings(tmp_path, "voice: {fallback: [pyttsx3]}")))
    assert [type(each.engine) for each in again] == [Pyttsx3Engine]


def test_the_voices_of_each_engine_are_listed(ivr: Ivr, tmp_path: Path) -> None:
    settings(tmp_path, "voice: {engine: recorded, recorded: words, fallback: [espeak-ng]}")
    listed = json.loads(ivr("prompts", "voices", "--json").out)
    assert {each["engine"] for each in listed} == {"recorded", "espeak-ng"}
    german = ivr("prompts", "voices", "--language", "de").out
    assert "gmw/de" in german
    assert "recorded" not in german


def test_what_has_no_effect_is_a_warning_and_the_flow_is_right(ivr: Ivr, tmp_path: Path) -> None:
    settings(tmp_path)
    warning = "a.yaml:5:33: <x> is not known here, its text is spoken [unknown-ssml]"
    said = ivr("check")
    assert said[:2] == (0, "a.yaml: ok, 1 state\n")
    assert said.err.startswith(f"warning: {warning}\n`ivr explain CODE` ")
    told = json.loads(ivr("check", "--json").out)
    assert [each["code"] for each in told["warnings"]] == ["unknown-ssml"]
    assert told["faults"] == []


def test_a_language_that_no_voice_speaks_is_told(ivr: Ivr, tmp_path: Path) -> None:
    settings(tmp_path, "voice: {engine: recorded, recorded: words}")
    said = ivr("prompts", "voices", "--language", "xx")
    assert said.code == 0 and not said.out
    assert said.err == "no voice speaks xx; without --language all are listed\n"
