"""Models of vosk come in several layouts, and vosk takes them all."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import vosk

from ivr.speech import openfst, vosk_model
from ivr.speech.vosk_model import EMBEDDED, fault, fit_for, part, words

MODEL = EMBEDDED["en"]


def as_it_is(folder: Path) -> Path:
    return Path(shutil.copytree(MODEL, folder))


def side_by_side(folder: Path) -> Path:
    """As older models are."""
    folder.mkdir()
    for file in MODEL.rglob("*"):
        if file.is_file() and file.name not in ("README.md", "model.conf"):
            shutil.copy(file, folder)
    return folder


def words_in_the_graph(folder: Path) -> Path:
    """As small models are."""
    as_it_is(folder)
    listed = [line.split() for line in (folder / vosk_model.WORDS).read_text().splitlines()]
    graph = folder / "graph/Gr.fst"
    graph.write_bytes(named(graph.read_bytes(), [(word, int(number)) for word, number in listed]))
    (folder / vosk_model.WORDS).unlink()
    return folder


def named(graph: bytes, symbols: list[tuple[str, int]]) -> bytes:
    """*graph* with a table that tells what its outputs are called, right behind its header."""
    flags = graph.index(b"standard") + len(b"standard") + 4
    header = flags + 4 + 4 * 8
    rows = b"".join(text(word) + struct.pack("<q", number) for word, number in symbols)
    table = struct.pack("<i", 2125658996) + text("words") + struct.pack("<qq", 0, len(symbols))
    flagged = struct.pack("<i", 2)
    return graph[:flags] + flagged + graph[flags + 4 : header] + table + rows + graph[header:]


def text(word: str) -> bytes:
    return struct.pack("<i", len(word.encode())) + word.encode()


LAYOUTS = pytest.mark.parametrize("make", [as_it_is, side_by_side, words_in_the_graph])
Make = Callable[[Path], Path]


@LAYOUTS
def test_vosk_takes_it_and_so_do_we(make: Make, tmp_path: Path) -> None:
    model = make(tmp_path / "model")
    assert fault(model) == ""
    assert len(words(model)) == 299 and {"yes", "seven"} <= words(model)
    vosk.SetLogLevel(-1)
    loaded = vosk.Model(str(model))
    assert loaded.vosk_model_find_word("seven") != -1
    recogniser = vosk.KaldiRecognizer(loaded, 8000, json.dumps(["yes", "no"]))
    assert recogniser.AcceptWaveform(bytes(1600)) in (0, False)


@LAYOUTS
def test_a_model_of_a_higher_rate_takes_our_sound(make: Make, tmp_path: Path) -> None:
    model = make(tmp_path / "model")
    config = part(model, "conf/mfcc.conf")
    config.write_text(config.read_text().replace("=8000", "=16000"))
    with fit_for(8000, model) as fit:
        assert fault(fit) == ""
        vosk.SetLogLevel(-1)
        recogniser = vosk.KaldiRecognizer(vosk.Model(str(fit)), 8000, json.dumps(["yes"]))
        recogniser.AcceptWaveform(bytes(16000))
        assert json.loads(recogniser.FinalResult()) == {"text": ""}
    assert not fit.exists() and "upsample" not in config.read_text()


@LAYOUTS
def test_what_is_missing_is_told(make: Make, tmp_path: Path) -> None:
    for number, name in enumerate((*vosk_model.NEEDED, *vosk_model.GRAMMAR)):
        model = make(tmp_path / str(number))
        part(model, name).unlink()
        assert f"there is no {name if (model / 'am').is_dir() else ''}" in fault(model)


def test_a_model_without_words(tmp_path: Path) -> None:
    model = as_it_is(tmp_path / "model")
    (model / vosk_model.WORDS).unlink()
    assert "nor words in its graph" in fault(model)
    (model / "graph/Gr.fst").write_bytes(b"<html>")
    assert "is no graph of OpenFst" in fault(model)


@pytest.mark.parametrize("length", [0, 3, 20, 60, 70, 90, 200])
def test_a_graph_that_is_cut_off(length: int, tmp_path: Path) -> None:
    model = words_in_the_graph(tmp_path / "model")
    graph = model / "graph/Gr.fst"
    graph.write_bytes(graph.read_bytes()[:length])
    with pytest.raises(ValueError, match=r"cut off|damaged|expected"):
        openfst.symbols(graph)
    assert str(graph) in fault(model)
