"""The library speaks eight languages, and an author's prompts go before its own."""

from functools import cache
from pathlib import Path

import pytest

from ivr.engine import mentions, templates
from ivr.engine.effects import Text
from ivr.engine.house import House
from ivr.engine.saying.tongues import TONGUES
from ivr.engine.sentences import sentences
from ivr.flowfile import load_flow, static_prompts
from ivr.flowfile.library_prompts import FOLDER, translations
from ivr.flowfile.loading import LIBRARY, library
from ivr.testing import SimulatedCall

FLOW = """\
ivr: 1
flow: f
start: a
states:
  a:
    do: [answer, {call_flow: {flow: library/pin, expected: secrets.door}}]
    then: {ok: end, failed: end, locked: end}
"""
QUESTION = "Bitte geben Sie Ihre PIN ein, und drücken Sie am Ende die Raute-Taste."


@cache
def english(name: str) -> dict[str, str]:
    """What the flow says where it is given nothing, by argument."""
    flow = load_flow(LIBRARY / f"{name}.yaml")
    defaults = {argument: each.default for argument, each in flow.arguments.items()}
    return {
        argument: prompt.words
        for argument, given in defaults.items()
        for prompt in (given if isinstance(given, tuple) else (given,))
        if isinstance(prompt, Text)
    }


def test_there_is_a_file_for_each_language() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == TONGUES.keys() - {"en"}


@pytest.mark.parametrize("name", library())
def test_each_of_its_words_is_there_in_each_language_with_the_same_values(name: str) -> None:
    words = english(name)
    for language, said in translations().get(name, {}).items():
        assert said.keys() == words.keys()
        for argument, text in said.items():
            templates.check_text(text.words)
            values = mentions.names_in_text(text.words)
            assert values == mentions.names_in_text(words[argument]), (language, argument)
    assert not words or translations()[name].keys() == TONGUES.keys() - {"en"}


@pytest.mark.parametrize("language", sorted(TONGUES.keys() - {"en"}))
def test_its_keys_are_named_as_in_the_engine_s_own_sentences(language: str) -> None:
    said = sentences(language)
    for name in library():
        for argument, text in translations().get(name, {}).get(language, {}).items():
            words = english(name)[argument]
            for key, own in (("hash", said.hash), ("star", said.star)):
                assert (own in text.words) == (key in words), f"{name}.{argument}: {own}"


def the_pin(tmp_path: Path, language: str, *prompts: str) -> SimulatedCall:
    (tmp_path / "f.yaml").write_text(FLOW)
    flow = load_flow(tmp_path / "f.yaml", prompts, house=House(language))
    return SimulatedCall(flow, secrets={"door": "4711"})


def test_it_speaks_the_language_of_the_call(tmp_path: Path) -> None:
    the_pin(tmp_path, "de-AT").is_asked(Text(QUESTION)).presses("4711#").is_over()
    the_pin(tmp_path, "sv").is_asked(Text("Please enter your PIN"))
    assert Text(QUESTION) in static_prompts(the_pin(tmp_path, "de").flow, "de")


def test_an_author_s_prompt_goes_before_its_own(tmp_path: Path) -> None:
    call = the_pin(tmp_path, "de", "pin.question", "pin.expected")
    call.is_asked("pin.question").presses("1234#").hears(Text("Diese PIN ist falsch."))
