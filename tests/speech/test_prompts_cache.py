"""What is kept, and what is made anew."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ivr.engine.effects import Text
from ivr.engine.errors import LoadError, SettingsError
from ivr.speech import wav
from ivr.speech.prompts import PromptStore, Trouble
from ivr.speech.sounds import Passing

from .conftest import MakeStore
from .fakes import FakeVoice, hear, is_fallback, play, seconds


def test_a_second_store_finds_everything_made(make_store: MakeStore, voice: FakeVoice) -> None:
    make_store().render_all()
    count = len(voice.said)
    store = make_store()
    assert store.missing() == []
    store.render_all()
    assert len(voice.said) == count


def test_render_all_makes_what_is_known_and_tells_how_far_it_is(
    make_store: MakeStore, voice: FakeVoice
) -> None:
    store = make_store(texts=[("", "Goodbye."), ("de", "Bis bald.")])
    names = [
        ("en", "sorry"),
        ("en", "no_input"),
        ("en", "no_match"),
        ("de", "sorry"),
        ("de", "no_input"),
        ("de", "no_match"),
        ("de", "welcome"),
        ("en", "menu"),
        ("en", "welcome"),
        ("de", '"Bis bald."'),
        ("en", '"Goodbye."'),
    ]
    assert store.missing() == names
    steps: list[tuple[int, int, str]] = []
    assert store.render_all(lambda *step: steps.append(step)) == []
    assert steps == [(i, 11, name) for i, (_, name) in enumerate(names, 1)]
    assert store.missing() == []
    assert voice.closed
    count = len(voice.said)
    again = make_store(texts=[("", "Goodbye."), ("de", "Bis bald.")])
    hear(again, play(Text("Goodbye.")))
    hear(again, play(Text("Bis bald."), language="de"))
    assert len(voice.said) == count


def test_render_all_reports_what_it_could_not_make(make_store: MakeStore, voice: FakeVoice) -> None:
    voice.troubles["Guten Tag."] = voice.crashes
    store = make_store()
    assert store.render_all() == [Trouble("de", "welcome", "the process ended (signal 11)")]
    assert store.missing() == [("de", "welcome")]
    voice.troubles.clear()
    assert store.render_all() == []
    assert not is_fallback(hear(store, play("welcome", language="de"))[0])


def test_texts_of_one_caller_do_not_outlive_the_store(
    make_store: MakeStore, tmp_path: Path
) -> None:
    store = make_store()
    before = set(tmp_path.joinpath("cache").iterdir())
    (file,) = hear(store, play(Text("Your balance is one euro.")))
    assert set(tmp_path.joinpath("cache").iterdir()) == before
    store.close()
    assert not file.exists()


@pytest.mark.parametrize("content", [b"", b"RIFF", bytes(5000)])
def test_a_damaged_file_is_made_anew(
    make_store: MakeStore, voice: FakeVoice, content: bytes
) -> None:
    (file,) = hear(make_store(), play("welcome"))
    file.write_bytes(content)
    assert ("en", "welcome") in make_store().missing()
    (again,) = hear(make_store(), play("welcome"))
    assert again == file
    assert seconds(again) == 0.14


def test_another_version_of_the_voice_speaks_anew(make_store: MakeStore, voice: FakeVoice) -> None:
    hear(make_store(), play("welcome"))
    voice.version = "2"
    hear(make_store(), play("welcome"))
    assert len(voice.said) == 2


def test_equal_words_are_one_file(make_store: MakeStore, folder: Path, voice: FakeVoice) -> None:
    folder.joinpath("en.yaml").write_text("a: caf\u00e9 noir\nb: 'cafe\u0301  noir'\n", "utf-8")
    first, second = hear(make_store(), play("a", "b"))
    assert first == second
    assert len(voice.said) == 1


def test_an_emptied_cache_is_filled_again(make_store: MakeStore, tmp_path: Path) -> None:
    store = make_store()
    store.render_all()
    for file in tmp_path.joinpath("cache").iterdir():
        file.unlink()
    store.refresh()
    assert seconds(hear(store, play("welcome"))[0]) == 0.14
    assert is_fallback(hear(store, play("nonsense"))[0])


def test_leftovers_of_a_killed_process_go(make_store: MakeStore, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    for name, age in ((".old.77.wav", 7200), (".old.wav.77-1.part", 7200), (".new.78.wav", 0)):
        cache.joinpath(name).touch()
        then = time.time() - age
        os.utime(cache / name, (then, then))
    make_store()
    assert [path.name for path in cache.glob(".*")] == [".new.78.wav"]


FORK = """
import os, sys, threading
from pathlib import Path
from ivr.engine.effects import Play, Text
from ivr.speech import wav
from ivr.speech.prompts import PromptStore

class Voice:
    def identity(self, language): return "fake"
    def speaks(self, language): return True
    def speak(self, words, language, file, limit): wav.write(file, wav.tone(700, len(words) / 100))
    def close(self): pass

folder = Path(sys.argv[1])
store = PromptStore(folder / "prompts", folder / "cache", "en", Voice())
assert store.render_all() == [] and threading.active_count() == 1
pid = os.fork()
if pid:
    sys.exit(os.waitpid(pid, 0)[1])
heard, done = [], threading.Event()
store.resolve(Play(1, (Text("Hello there."),)), lambda files: (heard.extend(files), done.set()))
assert done.wait(20) and len(wav.read(heard[0])) == 0.12 * 16000
store.close()
"""


def test_a_process_can_be_forked_after_all_was_made(folder: Path) -> None:
    command = [sys.executable, "-c", FORK, str(folder.parent)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/cache"])
def test_a_cache_that_cannot_be_written_is_the_operators_fault(
    folder: Path, tmp_path: Path, voice: FakeVoice, place: str
) -> None:
    tmp_path.joinpath("file").touch()
    with pytest.raises(SettingsError, match=r"cannot be written .*make this folder writable"):
        PromptStore(folder, tmp_path / place, "en", voice)


def test_faults_of_the_catalogue_are_the_authors(
    folder: Path, tmp_path: Path, voice: FakeVoice
) -> None:
    folder.joinpath("en.yaml").write_text("a:\n")
    with pytest.raises(LoadError, match=r"en\.yaml:1:3"):
        PromptStore(folder, tmp_path / "cache", "en", voice)


def test_passing_files_go_when_there_are_too_many(tmp_path: Path) -> None:
    passing: Passing[int] = Passing(kept=3, spared=2)
    files = [tmp_path / f"{i}.wav" for i in range(10)]
    left: list[int] = []
    for i, file in enumerate(files):
        wav.write(file, b"\0\0")
        left += passing.add(i, file)
        left += passing.add(100, files[0])
    assert left == list(range(1, 8))
    assert [int(file.stem) for file in files if file.exists()] == [0, 6, 7, 8, 9]


def test_a_file_on_its_way_out_may_come_back(tmp_path: Path) -> None:
    passing: Passing[str] = Passing(kept=1, spared=1)
    files = [tmp_path / f"{name}.wav" for name in "abc"]
    for file in files:
        file.touch()
    assert passing.add("a", files[0]) == []
    assert passing.add("b", files[1]) == ["a"]
    assert passing.add("A", files[0]) == ["b"]
    assert passing.add("c", files[2]) == ["A"]
    assert [file.exists() for file in files] == [True, False, True]


def test_the_serving_process_stays_small() -> None:
    code = (
        "import sys, ivr.speech.prompts, ivr.speech.pyttsx3_voice, ivr.speech.check;"
        "print([m for m in ('numpy', 'soxr', 'pyttsx3', 'espeakng_loader') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
