"""`ivr speech`, as an operator types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ivr.speech.vosk_model import EMBEDDED
from tests.commands import Ivr, command_line


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    """Run a command in a new project, beside which is a model."""
    monkeypatch.chdir(tmp_path)
    run = command_line(capsys, monkeypatch)
    assert run("new", "shop").code == 0
    (tmp_path / "made").mkdir()
    shutil.copytree(EMBEDDED["en"], tmp_path / "made" / "vosk-model-small-de-0.1")
    shutil.make_archive("model", "zip", tmp_path / "made")
    monkeypatch.chdir(tmp_path / "shop")
    return run


def test_a_model_is_installed_and_listed(ivr: Ivr) -> None:
    said = ivr("speech", "install-model", "../model.zip")
    assert said.code == 0
    assert said.out.startswith("models/vosk-model-small-de-0.1: 299 words, 1 MB\n")
    assert "--sha256 " in said.out
    assert said.out.endswith("speech:\n  models:\n    de: models/vosk-model-small-de-0.1\n")
    listed = ivr("speech", "models").out.splitlines()
    assert [Path(line.split()[0]).name for line in listed] == ["en", "vosk-model-small-de-0.1"]
    assert ivr("speech", "install-model", "../model.zip").code == 2


def test_the_language_is_what_the_operator_says(ivr: Ivr) -> None:
    said = ivr("speech", "install-model", "../model.zip", "--language", "de-CH")
    assert "    de-CH: models/" in said.out


@pytest.mark.parametrize("language", ["german", "d", "de_CH", "../x"])
def test_a_language_is_a_tag(ivr: Ivr, language: str) -> None:
    said = ivr("speech", "install-model", "../model.zip", "--language", language)
    assert said.code == 2 and "expected a tag such as de or pt-BR" in said.err
    assert not Path("models").exists()


def test_models_are_for_a_project(ivr: Ivr) -> None:
    said = ivr("speech", "install-model", "../model.zip", "-s", "nowhere/ivr.yaml")
    assert said.code == 2 and "no settings file nowhere/ivr.yaml" in said.err


def test_a_model_that_is_broken_is_told(ivr: Ivr) -> None:
    assert ivr("speech", "install-model", "../model.zip").code == 0
    Path("models/vosk-model-small-de-0.1/am/final.mdl").unlink()
    said = ivr("speech", "models")
    assert said.code == 1 and "no am/final.mdl" in said.err
    faults = [model["fault"] for model in json.loads(ivr("speech", "models", "--json").out)]
    assert faults[0] == "" and faults[1]
