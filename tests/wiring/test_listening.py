"""What a project's settings make of the ear, and what its flows ask of the models."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from ivr import listening
from ivr.cli import check
from ivr.config import load_settings
from ivr.engine import spoken
from ivr.engine.builtins import Type
from ivr.engine.effects import Listen
from ivr.engine.events import Event, ListenFailed
from ivr.engine.flow import Flow
from ivr.flowfile import load_flow, static_words
from ivr.speech import ear_check
from ivr.speech.vosk_model import EMBEDDED
from tests.flowfile.reading import without_code

FLOW = """ivr: 1
flow: menu
start: menu
{top}
states:
  menu:
    do:
      - answer
      - ask:
          prompts: [{{text: Which one is it}}]
          choices:
            sales: [1, sales]
            vacation: [2, banana split, "{word}"]
    then: {{sales: out, vacation: out, no_input: out, no_match: out}}
  out:
    do: hang_up
"""


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    return tmp_path / "ivr.yaml"


def flow(folder: Path, word: str = "support", top: str = "") -> Flow:
    file = folder / "menu.yaml"
    file.write_text(FLOW.format(word=word, top=top))
    return load_flow(file)


def lacking(settings_file: Path, found: Flow, settings: str = "") -> list[str]:
    settings_file.write_text('routes: {"*": menu.yaml}\n' + settings)
    known = load_settings(settings_file)
    words = [without_code(fault) for fault in listening.unheard([found], known)]
    lines = [*words, *listening.lacking([found], known)]
    return [line.removeprefix(f"{settings_file.parent}/") for line in lines]


def test_words_that_are_not_listened_for_are_not_looked_up(settings_file: Path) -> None:
    file = settings_file.with_name("menu.yaml")
    flow(settings_file.parent)
    file.write_text(
        file.read_text().replace("          choices:", "          speech: no\n          choices:")
    )
    found = load_flow(file)
    assert not listening.listens([found]) and not lacking(settings_file, found)


def test_a_small_model_comes_along(settings_file: Path) -> None:
    settings_file.write_text('routes: {"*": menu.yaml}\n')
    assert listening.models(load_settings(settings_file)) == {"en": str(EMBEDDED["en"])}


def test_models_of_the_settings_are_beside_them_and_go_first(settings_file: Path) -> None:
    settings_file.write_text('routes: {"*": a.yaml}\nspeech: {models: {en: big, de: german}}\n')
    folder = settings_file.parent
    found = listening.models(load_settings(settings_file))
    assert found == {"en": str(folder / "big"), "de": str(folder / "german")}


@pytest.mark.parametrize("engine", ["pocketsphinx", "scripted"])
def test_other_engines_have_a_model_of_their_own(settings_file: Path, engine: str) -> None:
    settings_file.write_text(f'routes: {{"*": a.yaml}}\nspeech: {{engine: {engine}}}\n')
    assert listening.models(load_settings(settings_file)) == {"en": ""}


def test_without_an_engine_who_listens_is_told_so(settings_file: Path) -> None:
    settings_file.write_text('routes: {"*": a.yaml}\nspeech: {engine: none}\n')
    ear = listening.ear(load_settings(settings_file))
    told: list[Event] = []
    ear.open("call", Listen(("yes",)), told.append)
    assert told == [ListenFailed("there is no model for 'en'")]
    ear.close()


def test_words_that_the_model_does_not_know_are_told_with_their_place(settings_file: Path) -> None:
    assert lacking(settings_file, flow(settings_file.parent)) == [
        "menu.yaml:13:27: the model of 'en' does not know banana, split: who says that is not"
        " understood; use other words, or a larger model"
    ]


def test_words_are_not_told_where_the_flow_sets_the_language(settings_file: Path) -> None:
    found = load_flow(Path(__file__).parents[2] / "flows/samples/bilingual_menu.yaml")
    assert lacking(settings_file, found) == []


def test_universal_words_count(settings_file: Path) -> None:
    found = flow(settings_file.parent, top="universal: {repeat: [9, tirili]}")
    assert (
        "menu.yaml:4:25: the model of 'en' does not know tirili:"
        in lacking(settings_file, found)[0]
    )


def test_a_language_without_a_model_is_told(settings_file: Path) -> None:
    found = flow(settings_file.parent, top="language: de-CH")
    assert lacking(settings_file, found) == [
        "menu.yaml:12:24: speech in 'de-CH' is not understood: there is no model for it; name one"
        " in speech.models"
    ]


def test_nothing_is_told_where_nobody_listens(settings_file: Path) -> None:
    found = flow(settings_file.parent)
    assert lacking(settings_file, found, "speech: {engine: none}") == []


def test_a_model_that_is_not_there_is_no_reason_to_speak_of_words(settings_file: Path) -> None:
    found = flow(settings_file.parent)
    assert lacking(settings_file, found, "speech: {models: {en: nowhere}}") == []


def test_pocketsphinx_knows_more_words(settings_file: Path) -> None:
    found = flow(settings_file.parent, word="xyzzy")
    assert (
        "does not know xyzzy:" in lacking(settings_file, found, "speech: {engine: pocketsphinx}")[0]
    )


def test_flows_that_listen(settings_file: Path) -> None:
    assert listening.listens([flow(settings_file.parent)])
    keys = settings_file.with_name("keys.yaml")
    keys.write_text("ivr: 1\nflow: keys\nstart: out\nstates:\n  out:\n    do: hang_up\n")
    assert not listening.listens([load_flow(keys)])


def test_ivr_check_notes_what_is_lacking(
    settings_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flow(settings_file.parent)
    settings_file.write_text('routes: {"*": menu.yaml}\n')
    settings_file.with_name("prompts").mkdir()
    assert check.run([], settings_file, json=False) == 0
    assert "does not know banana, split" in capsys.readouterr().err


def test_the_doctor_loads_the_models(settings_file: Path) -> None:
    settings_file.write_text('routes: {"*": a.yaml}\nspeech: {models: {de: nowhere}}\n')
    found = ear_check.check(listening.ear(load_settings(settings_file)))
    assert not found.ok
    assert "de: " in found.finding and "nowhere is no folder" in found.finding
    settings_file.write_text('routes: {"*": a.yaml}\n')
    found = ear_check.check(listening.ear(load_settings(settings_file)))
    assert found.ok and not found.finding


VERB = """ivr: 1
flow: entry
language: {language}
start: entry
states:
  entry:
    do:
      - answer
      - {verb}
    then: {{{outcome}: out, no: out, no_match: out, no_input: out}}
  out:
    do: hang_up
"""


def entry(folder: Path, verb: str, outcome: str = "done", language: str = "en") -> Flow:
    file = folder / "menu.yaml"
    text = VERB.format(verb=verb, outcome=outcome, language=language)
    file.write_text(
        text.replace("no_match: out, ", "") if outcome == "yes" else text.replace("no: out, ", "")
    )
    return load_flow(file)


@pytest.mark.parametrize(
    ("verb", "outcome"),
    [
        ("confirm: {text: Is that right}", "yes"),
        ("collect: {text: When, into: day, type: date, speech: yes}", "done"),
        ("collect: {text: Which number, into: number, read_back: {text: So it is}}", "done"),
    ],
)
def test_entries_and_answers_are_listened_for_in_their_language(
    settings_file: Path, verb: str, outcome: str
) -> None:
    found = entry(settings_file.parent, verb, outcome)
    assert listening.listens([found])
    assert lacking(settings_file, found) == []
    german = entry(settings_file.parent, verb, outcome, "de")
    assert lacking(settings_file, german) == [
        "menu.yaml:9:9: speech in 'de' is not understood: there is no model for it; name one in"
        " speech.models"
    ]
    model = f"speech: {{models: {{de: {EMBEDDED['en']}}}}}\n"
    (line,) = lacking(settings_file, german, model)
    assert line.startswith("menu.yaml:9:9: the model of 'de' does not know ")


@pytest.mark.parametrize(
    ("verb", "outcome"),
    [
        ("confirm: {text: Is that right, speech: no}", "yes"),
        ("collect: {text: Which number, into: number}", "done"),
    ],
)
def test_where_keys_are_all_nothing_is_listened_for(
    settings_file: Path, verb: str, outcome: str
) -> None:
    assert not listening.listens([entry(settings_file.parent, verb, outcome)])


def test_answers_to_what_is_asked_in_doubt_are_listened_for(settings_file: Path) -> None:
    verb = "collect: {text: When, into: day, type: date, speech: {confirm_below: 0.7}}"
    found = entry(settings_file.parent, verb)
    assert {"yes", "twelfth"} <= {word for word, _, _ in static_words(found)}


def test_what_is_shipped_asks_for_no_word_that_the_model_has_not() -> None:
    known = listening.vocabulary("vosk", str(EMBEDDED["en"]))
    assert known
    for type in get_args(Type):
        for language in ("en", "en-GB", "en-US"):
            phrases = (*spoken.loop_words(type, language), *spoken.phrases(type, language))
            assert {word for phrase in phrases for word in phrase.split()} <= known
    root = Path(__file__).parents[2]
    folders = (root / "flows", root / "ivr" / "library", root / "ivr" / "cli" / "template")
    files = [file for folder in folders for file in folder.rglob("*.yaml") if _is_flow(file)]
    assert len(files) > 10
    for file in files:
        for phrase, place, language in static_words(load_flow(file), "en"):
            if language == "en" and phrase not in ("verkauf", "technik", "deutsch"):
                assert set(phrase.split()) <= known, f"{place}: {phrase}"


def _is_flow(file: Path) -> bool:
    return ".test." not in file.name and "\nflow: " in file.read_text(encoding="utf-8")
