"""Texts that are spoken, with what a call fills in."""

import pytest

from ivr.engine.ssml import check, spoken
from ivr.engine.ssml.templates import NotSsml, check_words, render_words


def test_what_is_filled_into_ssml_is_words() -> None:
    evil = "</speak><audio src='http://example.org/x.wav'>\x00&"
    words = render_words("<speak>Hello {{ name }}</speak>", {"name": evil})
    assert spoken(words) == "Hello </speak><audio src='http://example.org/x.wav'> &"
    assert check(words) == []


def test_what_is_filled_into_a_text_makes_no_ssml_of_it() -> None:
    evil = "<speak><audio src='x.wav'/>Hello</speak>"
    assert spoken(render_words("{{ name }}", {"name": evil})) == evil
    assert render_words("Hello {{ name }}", {"name": "<speak>"}) == "Hello <speak>"


def test_ssml_is_checked_with_what_a_call_may_fill_in() -> None:
    text = (
        "<speak>{% if gold %}<s>{{ name }}</s>{% else %}<break time='{{ tries }}s'/>{% endif %}"
        "<say-as interpret-as='date'>{{ birthday }}</say-as>"
        "<say-as interpret-as='{{ name }}'>1</say-as></speak>"
    )
    assert check_words(text) == []
    assert check_words("{{ name }} <speak>") == []
    assert check_words("<speak><say-as interpret-as='dte'>{{ name }}</say-as></speak>")
    with pytest.raises(NotSsml, match=r"mismatched tag, behind .*\{\{ … \}\}"):
        check_words("<speak><s>{{ name }}</speak>")
