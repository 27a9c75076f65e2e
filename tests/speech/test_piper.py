"""piper in its process, with a model that hums."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.speech.piper_voice import PiperEngine
from ivr.speech.speaker import Speaker
from ivr.speech.voice import NoVoice, Offer, VoiceDown, VoiceError

from .fakes import seconds

HERE = Path(__file__).parent
MODEL = HERE / "piper_model" / "tiny.onnx"
LIMIT = 20.0


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PiperEngine]:
    none = tmp_path_factory.mktemp("models") / "none.onnx"
    engine = PiperEngine({"en": MODEL, "DE": none})
    yield engine
    engine.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "said.wav"


def test_a_model_speaks_at_the_rate_of_the_settings(engine: PiperEngine, file: Path) -> None:
    Speaker(engine).speak("Hello to all of you. Welcome.", "en", file, LIMIT)
    usual = seconds(file)
    assert usual > 0.5
    Speaker(engine, rate=330).speak("Hello to all of you. Welcome.", "en", file, LIMIT)
    assert seconds(file) == pytest.approx(usual / 2, rel=0.1)


def test_a_model_that_cannot_be_loaded_is_named_and_the_others_speak(
    engine: PiperEngine, file: Path
) -> None:
    with pytest.raises(VoiceError, match=r"none\.onnx cannot be loaded: .*No such file"):
        Speaker(engine).speak("Hallo.", "de", file, LIMIT)
    Speaker(engine).speak("Hello.", "en", file, LIMIT)


def test_nothing_but_signs_cannot_be_heard(engine: PiperEngine, file: Path) -> None:
    with pytest.raises(VoiceError):
        Speaker(engine).speak(" ", "en", file, LIMIT)


def test_it_speaks_the_languages_that_have_a_model(tmp_path: Path, file: Path) -> None:
    engine = PiperEngine({"en": MODEL, "pt_BR": tmp_path / "none.onnx"})
    assert engine.voices() == [
        Offer(str(MODEL), ("en",)),
        Offer(str(tmp_path / "none.onnx"), ("pt-br",)),
    ]
    assert engine.speaks("pt-BR")
    assert not engine.speaks("fr")
    with pytest.raises(NoVoice):
        Speaker(engine).speak("Bonjour.", "fr", file, LIMIT)
    assert engine.pid is None


def test_another_model_is_another_voice(tmp_path: Path) -> None:
    model = tmp_path / "amy.onnx"
    model.write_bytes(b"one")
    engine = PiperEngine({"en": model})
    before = engine.version("en")
    model.write_bytes(b"other")
    assert engine.version("en") != before
    model.unlink()
    assert engine.version("en") != before


def test_without_the_extra_it_says_what_to_install(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = "raise ModuleNotFoundError(\"No module named 'piper'\", name='piper')"
    (tmp_path / "piper.py").write_text(gone)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    engine = PiperEngine({"en": MODEL})
    try:
        with pytest.raises(VoiceDown, match=r"pip install 'ivr\[piper\]'"):
            Speaker(engine).speak("Hello.", "en", file, LIMIT)
    finally:
        engine.close()
