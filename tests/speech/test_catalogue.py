from __future__ import annotations

import os
from pathlib import Path

import pytest

from ivr.engine.errors import Fault, LoadError, SettingsError
from ivr.speech.catalogue import BUILT_IN, Catalogue, clean, read_catalogue


def read(folder: Path, text: str | bytes, name: str = "en.yaml") -> Catalogue:
    folder.mkdir(exist_ok=True)
    content = text if isinstance(text, bytes) else text.encode()
    folder.joinpath(name).write_bytes(content)
    return read_catalogue(folder)


def faults(folder: Path, text: str | bytes) -> list[tuple[int, int, str]]:
    with pytest.raises(LoadError) as caught:
        read(folder, text)
    assert all(fault.file == str(folder / "en.yaml") for fault in caught.value.faults)
    return [(fault.line, fault.column, fault.message) for fault in caught.value.faults]


def texts(catalogue: Catalogue, language: str = "en") -> dict[str, str]:
    return {name: entry.text for name, entry in catalogue.entries[language].items()}


@pytest.mark.parametrize("word", ["on", "no", "010", "12:30", "~", "null", "1_000", "1e3", "0x1f"])
def test_every_text_is_what_it_looks_like(tmp_path: Path, word: str) -> None:
    assert texts(read(tmp_path, f"a: {word}\n")) == {"a": word}


@pytest.mark.parametrize("word", ["on", "no", "010", "null", "1_000", "1e3"])
def test_every_name_is_what_it_looks_like(tmp_path: Path, word: str) -> None:
    assert texts(read(tmp_path, f"{word}: text\n")) == {word: "text"}


def test_texts_over_several_lines_are_one_line(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "a: |\n  one\n  two\nb: >\n  three\n\n  four\n")) == {
        "a": "one two",
        "b": "three four",
    }


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "---\n"])
def test_an_empty_catalogue_has_the_built_in_prompts(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content).names() == set(BUILT_IN)


def test_a_missing_folder_has_the_built_in_prompts(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path / "none").names("fr") == set(BUILT_IN)


def test_a_byte_order_mark_is_not_part_of_a_name(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "\ufeffa: b\n")) == {"a": "b"}


@pytest.mark.parametrize(
    ("content", "line", "column", "message"),
    [
        ("a: one\na: two\n", 2, 1, "'a' is there twice"),
        ("a: one\nb:\n", 2, 3, "b: expected a text, found nothing"),
        ("a: # one\n", 1, 3, "if it begins with #, put it in quotes"),
        ("a: '  '\n", 1, 4, "expected a text, found nothing"),
        ("a: [one, two]\n", 1, 4, "found a list or a map"),
        ("a:\n  b: c\n", 2, 3, "found a list or a map"),
        ("a: {{ name }}\n", 1, 4, "write it in the flow, as `text:`"),
        ("a: 'Hello {{ name }}'\n", 1, 4, "write it in the flow, as `text:`"),
        ("a: 'Hello {% if x %}'\n", 1, 4, "write it in the flow, as `text:`"),
        ("a: !now or never\n", 1, 4, "put it in quotes"),
        ("a: &co and so on\n", 1, 4, "put it in quotes"),
        ("a: *co\n", 1, 4, "in quotes"),
        ("a: @home\n", 1, 4, "in quotes"),
        ("a: Note: this\n", 1, 8, "in quotes"),
        ("a: 'open\n", 2, 1, "not YAML"),
        ("- one\n- two\n", 1, 1, "one prompt per line, `name: text`"),
        ("just text\n", 1, 1, "one prompt per line, `name: text`"),
        ("a b: c\n", 1, 1, "cannot name a prompt"),
        ("../a: c\n", 1, 1, "cannot name a prompt"),
        ("[a]: c\n", 1, 1, "cannot name a prompt"),
        ("a: b\n---\nc: d\n", 2, 1, "not YAML"),
        (b"a: b\nc: caf\xe9\n", 2, 7, "not UTF-8"),
    ],
)
def test_a_fault_has_its_place(
    tmp_path: Path, content: str | bytes, line: int, column: int, message: str
) -> None:
    ((found_line, found_column, found),) = faults(tmp_path / "prompts", content)
    assert message in found
    assert (found_line, found_column) == (line, column)


def test_control_characters_are_not_yaml(tmp_path: Path) -> None:
    ((_, _, message),) = faults(tmp_path / "prompts", "a: b\0c\n")
    assert "not YAML" in message


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    tmp_path.joinpath("en.yaml").write_text("a: one\na: two\nb: [x]\n")
    tmp_path.joinpath("de.yaml").write_text("c:\n")
    tmp_path.joinpath("fr.yml").write_text("c: d\n")
    tmp_path.joinpath("english.yaml").write_text("c: d\n")
    tmp_path.joinpath("it").mkdir()
    tmp_path.joinpath("it", "music.mp3").touch()
    tmp_path.joinpath("it", "two words.wav").touch()
    with pytest.raises(LoadError) as caught:
        read_catalogue(tmp_path)
    found = [(Path(fault.file).name, fault.message) for fault in caught.value.faults]
    assert [name for name, _ in found] == [
        "de.yaml", "en.yaml", "en.yaml", "english.yaml", "fr.yml", "music.mp3", "two words.wav",
    ]  # fmt: skip
    assert "ffmpeg -i music.mp3 music.wav" in found[5][1]


def test_other_files_are_nobodys_business(tmp_path: Path) -> None:
    for name in ("README.md", ".hidden", "en.yaml~"):
        tmp_path.joinpath(name).touch()
    for path in ("en", ".git"):
        tmp_path.joinpath(path).mkdir()
    tmp_path.joinpath("en", ".DS_Store").touch()
    tmp_path.joinpath("en", "notes.txt").touch()
    tmp_path.joinpath("en", "hello.WAV").touch()
    assert read_catalogue(tmp_path).names() == {*BUILT_IN, "hello"}


def test_a_folder_that_is_a_file_is_a_fault(tmp_path: Path) -> None:
    tmp_path.joinpath("prompts").touch()
    with pytest.raises(LoadError, match="cannot be read"):
        read_catalogue(tmp_path / "prompts")


def test_a_recording_must_be_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "en"
    folder.mkdir()
    os.mkfifo(folder / "pipe.wav")
    folder.joinpath("gone.wav").symlink_to("nowhere.wav")
    folder.joinpath("sub.wav").mkdir()
    with pytest.raises(LoadError) as caught:
        read_catalogue(tmp_path)
    assert [Path(fault.file).name for fault in caught.value.faults] == [
        "gone.wav", "pipe.wav", "sub.wav",
    ]  # fmt: skip


def test_two_spellings_of_one_language_are_a_fault(tmp_path: Path) -> None:
    tmp_path.joinpath("de-CH.yaml").write_text("a: b\n")
    tmp_path.joinpath("de-ch.yaml").write_text("a: b\n")
    with pytest.raises(LoadError, match="another file has the texts of de-ch"):
        read_catalogue(tmp_path)


def test_a_language_falls_back_to_the_wider_and_the_default_one(tmp_path: Path) -> None:
    catalogue = read_catalogue(tmp_path, "fr-CH")
    assert catalogue.chain("de_CH") == ("de-ch", "de", "fr-ch", "fr")
    assert catalogue.chain("") == ("fr-ch", "fr")


def test_names_are_those_that_can_be_heard_in_a_language(folder: Path) -> None:
    folder.joinpath("fr").mkdir()
    folder.joinpath("fr", "accueil.wav").touch()
    catalogue = read_catalogue(folder)
    assert catalogue.names("de-AT") == {*BUILT_IN, "welcome", "menu"}
    assert catalogue.names("fr") == {*BUILT_IN, "welcome", "menu", "accueil"}
    assert catalogue.untranslated() == [("de", "menu"), ("fr", "menu"), ("fr", "welcome")]


def test_words_are_cleaned_for_the_voice() -> None:
    assert clean("a\0b\x07c\u2028d\n\te\ud800") == "a b c d e"
    assert clean("cafe\u0301") == "caf\u00e9"
    assert clean(" \r\n") == ""


def test_a_fault_reads_like_a_compilers(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as caught:
        read(tmp_path, "a:\n")
    assert str(caught.value).startswith(f"{tmp_path / 'en.yaml'}:1:3: a: expected a text")
    assert isinstance(caught.value.faults[0], Fault)


def test_the_default_language_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'english' is not a language; expected a tag"):
        read_catalogue(tmp_path, "english")


def test_a_bomb_of_brackets_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text("deep: " + "[" * 200_000)
    with pytest.raises(LoadError, match="nested too deeply"):
        read_catalogue(tmp_path)


def test_ssml_is_checked_when_it_is_read(tmp_path: Path) -> None:
    assert faults(tmp_path / "bad", "menu: <speak>One <break></speak>\n") == [
        (1, 7, "menu: no well-formed SSML: mismatched tag, behind <speak>One <break></s")
    ]
    catalogue = read(tmp_path / "good", "a: <speak><x>One</x> &amp; two</speak>\n")
    (warning,) = catalogue.warnings
    assert (warning.line, warning.column) == (1, 4)
    assert warning.message == "a: <x> is not known here, its text is spoken"
    assert catalogue.texts()["a"] == "One & two"
