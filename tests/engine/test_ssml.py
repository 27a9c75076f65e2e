"""Texts that begin with <speak>: what they say, and what of them is not understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.errors import FlowError
from ivr.engine.ssml import (
    Manner,
    Pause,
    Words,
    check,
    enclosed,
    escaped,
    is_ssml,
    parts_of,
    spoken,
)


def said(inside: str, language: str = "en") -> str:
    return spoken(f"<speak>{inside}</speak>", language)


def ignored(inside: str) -> str:
    (only,) = check(f"<speak>{inside}</speak>")
    return only


def manner(inside: str) -> Manner:
    (words,) = parts_of(f"<speak>{inside}</speak>")
    assert isinstance(words, Words)
    return words.manner


def test_a_text_is_ssml_if_it_begins_with_speak() -> None:
    assert is_ssml("<speak>Hello</speak>")
    assert is_ssml(' \n<speak version="1.1">Hello</speak>')
    assert not is_ssml("Hello <speak>")
    assert not is_ssml("<speaker>")
    assert spoken("a < b & c") == "a < b & c"


def test_the_space_between_words_is_that_of_the_author() -> None:
    assert said("Hello <emphasis>you</emphasis>, there.\n  <lang xml:lang='de'>Na</lang>") == (
        "Hello you, there. Na"
    )
    assert said("<emphasis>a</emphasis> <emphasis>b</emphasis>") == "a b"


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ('<say-as interpret-as="digits">12-34</say-as>', "1 2 3 4"),
        ('<say-as interpret-as="telephone">030 123456</say-as>', "0 3 0, 1 2 3, 4 5 6"),
        ('<say-as interpret-as="characters">a1</say-as>', "A, 1"),
        ('<say-as interpret-as="spell-out">a1</say-as>', "A, 1"),
        ('<say-as interpret-as="cardinal">21</say-as>', "einundzwanzig"),
        ('<say-as interpret-as="number">-2</say-as>', "minus zwei"),
        ('<say-as interpret-as="ordinal">3</say-as>', "dritte"),
        ('<say-as interpret-as="currency">EUR 1.01</say-as>', "ein Euro und ein Cent"),
        ('<say-as interpret-as="currency">1.01 €</say-as>', "ein Euro und ein Cent"),
        ('<say-as interpret-as="currency" format="EUR">2</say-as>', "zwei Euro"),
        ('<say-as interpret-as="time">14:05</say-as>', "vierzehn Uhr fünf"),
        ('<say-as interpret-as="time" format="hms24">2 p.m.</say-as>', "vierzehn Uhr"),
        ('<say-as interpret-as="time">12 am</say-as>', "null Uhr"),
        ('<say-as interpret-as="date" format="y">1999</say-as>', "neunzehnhundertneunundneunzig"),
    ],
)
def test_say_as_puts_values_into_the_words_of_the_language(inside: str, words: str) -> None:
    assert said(inside, "de") == words


@pytest.mark.parametrize(
    ("format", "value"),
    [
        ("", "2026-12-01"),
        ("ymd", "20261201"),
        ("dmy", "1.12.2026"),
        ("dmy", "01122026"),
        ("mdy", "12/1/2026"),
    ],
)
def test_a_date_has_its_parts_in_the_order_of_its_format(format: str, value: str) -> None:
    inside = f'<say-as interpret-as="date" format="{format}">{value}</say-as>'
    assert said(inside) == "December first, twenty twenty-six"


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ('<say-as interpret-as="digits">-</say-as>', "expected digits"),
        ('<say-as interpret-as="date">soon</say-as>', "expected a date in the order ymd"),
        ('<say-as interpret-as="date">2026-13-01</say-as>', "expected a date in the order ymd"),
        ('<say-as interpret-as="date" format="y">99999</say-as>', "expected a date in the order y"),
        ('<say-as interpret-as="date" format="q">1</say-as>', "format: expected one of ymd"),
        ('<say-as interpret-as="time">14</say-as>', "expected a time, such as 14:05 or 2 pm"),
        ('<say-as interpret-as="time" format="h">1 pm</say-as>', "format: expected hms12 or hms24"),
        ('<say-as interpret-as="currency">much</say-as>', "expected an amount, such as EUR 12.50"),
        ('<say-as interpret-as="dgits">-</say-as>', "expected one of digits, telephone"),
        ("<say-as>-</say-as>", "expected one of digits, telephone"),
    ],
)
def test_what_cannot_be_said_so_is_said_as_it_stands(inside: str, why: str) -> None:
    assert why in ignored(inside)
    assert said(inside) in inside


def test_sub_says_its_alias() -> None:
    assert said('the <sub alias="World Wide Web">WWW</sub>') == "the World Wide Web"
    assert said("<sub>WWW</sub>") == "WWW"
    assert ignored("<sub>WWW</sub>") == "<sub> needs an alias"


def test_tags_within_a_value_are_no_part_of_it() -> None:
    inside = '<say-as interpret-as="digits">1<break/><sub alias="9">2</sub><lang>3</lang></say-as>'
    assert said(inside) == "1 2 3"


@pytest.mark.parametrize(
    ("attribute", "seconds"),
    [
        ("", 0.4),
        ("strength='strong'", 0.7),
        ("time='250ms'", 0.25),
        ("strength='weak' time='1.5s'", 1.5),
        ("time='soon'", 0.4),
        ("time='ms'", 0.4),
        ("time='11s'", 0.4),
        ("strength='long'", 0.4),
    ],
)
def test_a_break_is_a_pause(attribute: str, seconds: float) -> None:
    _one, pause, _two = parts_of(f"<speak>one<break {attribute}/>two</speak>")
    assert pause == Pause(seconds)
    assert spoken(f"<speak>one<break {attribute}/>two</speak>") == "one two"


def test_no_break_is_none() -> None:
    text = "<speak>one <break strength='none'/>two</speak>"
    assert parts_of(text) == (Words("one "), Words("two"))


def test_paragraphs_and_sentences_rest_between_and_not_around() -> None:
    text = (
        "<speak><p><s>One.</s> <s>Two.</s></p><p>Three.</p><break time='2s'/><p>Four.</p></speak>"
    )
    seconds = [part.seconds for part in parts_of(text) if isinstance(part, Pause)]
    assert seconds == [0.3, 0.6, 2.0]
    assert spoken(text) == "One. Two. Three. Four."


def test_breaks_add_up() -> None:
    assert parts_of("<speak><break time='1s'/> <break time='2s'/></speak>") == (Pause(3.0),)


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ("rate='slow'", Manner(rate=0.75)),
        ("rate='80%'", Manner(rate=0.8)),
        ("rate='-20%'", Manner(rate=0.8)),
        ("rate='900%'", Manner(rate=3.0)),
        ("rate='default'", Manner()),
        ("rate='quick'", Manner()),
        ("rate='+2st'", Manner()),
        ("pitch='+12st'", Manner(pitch=2.0)),
        ("pitch='x-low'", Manner(pitch=0.7)),
        ("pitch='-99%'", Manner(pitch=0.5)),
        ("volume='silent'", Manner(volume=0.0)),
        ("volume='+20dB'", Manner(volume=4.0)),
        ("volume='50%'", Manner(volume=0.5)),
    ],
)
def test_prosody_is_times_what_the_voice_has(attribute: str, expected: Manner) -> None:
    assert manner(f"<prosody {attribute}>Hello</prosody>") == expected


def test_what_stands_in_another_adds_to_it() -> None:
    inside = (
        '<prosody rate="50%"><prosody rate="150%"><lang xml:lang="de">x</lang></prosody></prosody>'
    )
    assert manner(inside) == Manner("de", rate=0.75)
    assert (
        manner('<emphasis level="strong"><emphasis level="none">x</emphasis></emphasis>')
        == Manner()
    )
    assert manner('<p xml:lang="de"><emphasis>x</emphasis></p>') == Manner(
        "de", emphasis="moderate"
    )


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<audio src='a.wav'>x</audio>", "<audio> is not known here, its text is spoken"),
        ("<speak>x</speak>", "<speak> is not known here, its text is spoken"),
        ("<break tme='1s'>x</break>", "<break> has no 'tme' here; expected strength, time"),
        (
            "<emphasis level='big'>x</emphasis>",
            "<emphasis level='big'>: expected one of none, stro",
        ),
        (
            "<lang xml:lang='german!'>x</lang>",
            "<lang xml:lang='german!'>: expected a language, suc",
        ),
        ("<prosody pitch='1'>x</prosody>", "<prosody pitch='1'>: expected one of x-low, low"),
    ],
)
def test_what_is_not_known_is_told_and_its_text_is_spoken(inside: str, what: str) -> None:
    assert ignored(inside).startswith(what)
    assert said(inside) == "x"


@pytest.mark.parametrize(
    ("text", "why", "words"),
    [
        ("<speak>a <b>c</speak>", "mismatched tag, behind <speak>a <b>c</s", "a c"),
        ("<speak>a & b</speak>", "this sign is not allowed here; & is written", "a & b"),
        ("<speak>a", "no element found", "a"),
        ("<speak>&x; &lt;</speak>", "undefined entity", "&x; <"),
        ("<speak/>a", "junk after document element", "a"),
        ("<speak>" + "<p>" * 30 + "a", "nested deeper than 30 levels", "a"),
        ("<speak>", "no element found", ""),
    ],
)
def test_of_what_is_not_well_formed_the_text_is_spoken(text: str, why: str, words: str) -> None:
    with pytest.raises(FlowError, match=why):
        check(text)
    assert spoken(text) == words


def test_there_are_no_entities_and_no_document_types() -> None:
    for text in ('<!DOCTYPE speak SYSTEM "http://example.org"><speak/>', "<x/>"):
        with pytest.raises(FlowError):
            check(text)


@given(st.text())
def test_whatever_is_escaped_is_words_again(words: str) -> None:
    shown = "".join(sign if sign.isprintable() else " " for sign in words)
    heard = spoken(enclosed(words))
    assert heard.split() == " ".join(shown.split()).split() or not words.isprintable()
    assert check(enclosed(words)) == []
    assert spoken(f"<speak>a{escaped(words)}b</speak>").startswith("a")


@given(st.text(alphabet="<>/&;speak bm'\"=! ", max_size=60))
def test_no_text_is_too_strange_to_be_spoken(text: str) -> None:
    spoken(f"<speak {text}")
    spoken(f"<speak>{text}</speak>")
