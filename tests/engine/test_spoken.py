"""What callers say becomes the keys that would have said the same."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.builtins import Type, builtin
from ivr.engine.saying import SAID
from ivr.engine.saying.tongues import TONGUES
from ivr.engine.spoken import in_use, keys_of, loop_words, phrases, prepare
from ivr.engine.spoken.dates import YEARS
from ivr.engine.spoken.money import CURRENCIES
from ivr.engine.spoken.numbers import MOST
from ivr.engine.spoken.words import tokens
from ivr.engine.values import Value

TUESDAY = date(2026, 3, 3)
LANGUAGES = st.sampled_from(sorted(TONGUES))
ONE_BY_ONE = st.text("0123456789", min_size=1, max_size=12)
# Dollars of several countries are a currency with a name of several words, and so on.
WITH_CENTS = [code for code in CURRENCIES if code in ("EUR", "USD", "GBP", "CHF", "PLN")]


def keys(type: Type, text: str, language: str = "en") -> str | None:
    return keys_of(type, text, language, TUESDAY)


def understood(type: Type, text: str, language: str) -> Value | None:
    typed = keys(type, text, language)
    return None if typed is None else builtin(type).value(typed)


def said(filter: str, value: object, language: str, *options: object, **named: object) -> str:
    return str(SAID[filter](value, language, *options, **named))


# What is said of a value is understood as that value.  It cannot be where keys cannot say it, or
# where nobody would: numbers below zero and from a million on, feminine ones above a thousand (some
# of their words are bent, and some are not), more than two places of money, years before 1900 and
# after 2100 in Polish, and times on a clock of twelve where that is not the custom (`drei zehn PM`
# is thirteen, too).


@given(st.integers(0, MOST - 1), LANGUAGES)
def test_a_whole_number(amount: int, language: str) -> None:
    assert understood("number", said("number", amount, language), language) == amount


@given(st.integers(0, 999), LANGUAGES)
def test_a_number_of_what_is_feminine(amount: int, language: str) -> None:
    assert understood("number", said("number", amount, language, "feminine"), language) == amount


@given(st.decimals(0, 10**5, places=3), LANGUAGES)
def test_a_number_with_a_point(amount: Decimal, language: str) -> None:
    assert understood("number", said("number", amount, language), language) == amount


@given(ONE_BY_ONE, LANGUAGES)
def test_digits_one_by_one(digits: str, language: str) -> None:
    each = " ".join(said("number", digit, language) for digit in digits)
    assert keys("digits", each, language) == keys("phone", each, language) == digits


@given(st.lists(st.integers(10, 99), min_size=1, max_size=5), LANGUAGES)
def test_digits_in_pairs(pairs: list[int], language: str) -> None:
    """With a word between them: `sixty` and `four` are a pair, too, and so are `soixante dix`."""
    each = " 0 ".join(said("number", pair, language) for pair in pairs)
    assert keys("digits", each, language) == "0".join(map(str, pairs))


@given(st.dates(date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)), LANGUAGES)
def test_a_date(day: date, language: str) -> None:
    for form in ("full", "long"):
        assert understood("date", said("date", day, language, form), language) == day


@given(st.integers(0, 360), LANGUAGES)
def test_a_date_without_a_year_is_the_next_such_day(ahead: int, language: str) -> None:
    day = TUESDAY + timedelta(ahead)
    assert understood("date", said("date", day, language, "day"), language) == day
    near = said("date", day, language, "near", today=TUESDAY)
    assert understood("date", near, language) == day


@given(st.times(), LANGUAGES)
def test_a_time(clock: time, language: str) -> None:
    clock = clock.replace(second=0, microsecond=0, fold=0)
    assert understood("time", said("time", clock, language, 24), language) == clock
    if language == "en":
        assert understood("time", said("time", clock, language, 12), language) == clock


@given(st.decimals(0, 10**5, places=2), LANGUAGES, st.sampled_from(WITH_CENTS))
def test_an_amount(amount: Decimal, language: str, code: str) -> None:
    assert understood("currency", said("currency", amount, language, code), language) == amount


@given(st.integers(0, 10**5), LANGUAGES, st.sampled_from(CURRENCIES))
def test_an_amount_of_any_known_currency(amount: int, language: str, code: str) -> None:
    assert understood("currency", said("currency", amount, language, code), language) == amount


@pytest.mark.parametrize("number", ["+493012345678", "03012345678"])
@given(language=LANGUAGES)
def test_a_number_of_a_telephone(number: str, language: str) -> None:
    spoken = said("phone", number, language, "DE")
    assert keys("phone", spoken, language) == "03012345678"


# What else is understood.


@pytest.mark.parametrize(
    ("type", "language", "text", "typed"),
    [
        ("digits", "en", "one two three", "123"),
        ("digits", "en", "double five", "55"),
        ("digits", "en", "six double oh seven", "6007"),
        ("digits", "en", "triple nine two", "9992"),
        ("digits", "en", "twelve thirty-four", "1234"),
        ("digits", "en", "one eight hundred five five five", "1800555"),
        ("digits", "en", "007", "007"),
        ("digits", "de", "zwo zwei und zwanzig zweimal fünf", "22255"),
        ("digits", "de-AT", "ein hundert drei und zwanzig", "123"),
        ("digits", "fr", "zéro six quatre-vingts", "0680"),
        ("digits", "fr-CH", "septante", "70"),
        ("digits", "pt-BR", "meia dezesseis", "616"),
        ("digits", "es", "doble tres", "33"),
        ("digits", "tr", "bir iki", "12"),
        ("digits", "en", "one hundred twenty three", "123"),
        ("number", "en", "a hundred and five", "105"),
        ("number", "en", "one hundred five", "105"),
        ("number", "en", "one two three", "123"),
        ("number", "en", "point five", "*5"),
        ("number", "es", "treinta y un mil", "31000"),
        ("currency", "en", "twelve euros fifty", "12*50"),
        ("currency", "en", "twelve pounds and five pence", "12*05"),
        ("currency", "en", "fifty cents", "0*50"),
        ("currency", "en", "twelve point five", "12*5"),
        ("currency", "en", "seven", "7"),
        ("currency", "de", "zwölf Euro fünfzig", "12*50"),
        ("currency", "pl", "dwa złote pięćdziesiąt", "2*50"),
        ("date", "en", "the twelfth of May twenty twenty six", "20260512"),
        ("date", "en", "May twelfth", "20260512"),
        ("date", "en", "first of March", "20270301"),
        ("date", "en", "February twenty-ninth", "20280229"),
        ("date", "en", "the third of March nineteen eighty-four", "19840303"),
        ("date", "en", "yesterday", "20260302"),
        ("date", "en", "two zero two six zero five one two", "20260512"),
        ("date", "de", "am zwölften Mai", "20260512"),
        ("date", "de", "zwölfter fünfter", "20260512"),
        ("date", "de", "am ersten zwölften neunzehnhundertachtzig", "19801201"),
        ("date", "pl", "dwunastego piątego", "20260512"),
        ("date", "de", "erster Januar neunzehn hundert vier und achtzig", "19840101"),
        ("date", "pt", "sexta, seis de março", "20260306"),
        ("time", "en", "half past nine", "0930"),
        ("time", "en", "nine thirty p m", "2130"),
        ("time", "en", "at nine o'clock", "0900"),
        ("time", "en", "ten past nine in the evening", "2110"),
        ("time", "en", "quarter to one p.m.", "1245"),
        ("time", "en", "twenty to twelve at night", "2340"),
        ("time", "en", "twelve thirty AM", "0030"),
        ("time", "en", "noon", "1200"),
        ("time", "en", "twenty-one", "2100"),
        ("time", "en", "nine three zero", "930"),
        ("time", "de", "halb zehn", "0930"),
        ("time", "de", "um fünf nach halb acht abends", "1935"),
        ("time", "de", "dreiviertel acht", "0745"),
        ("time", "es", "las nueve y media de la noche", "2130"),
        ("time", "fr", "neuf heures moins le quart", "0845"),
        ("time", "fr", "midi et demi", "1230"),
        ("time", "it", "alle nove e mezza di sera", "2130"),
        ("time", "nl", "kwart voor negen", "0845"),
        ("time", "nl", "half tien 's avonds", "2130"),
        ("time", "pl", "wpół do dziesiątej", "0930"),
        ("time", "pl", "za kwadrans dziewiąta wieczorem", "2045"),
        ("time", "pt", "quinze para as nove", "0845"),
        ("phone", "en", "plus four nine three oh one two", "00493012"),
        ("phone", "en", "oh three oh extension one two", "030*12"),
        ("boolean", "en", "yes please", "1"),
        ("boolean", "de", "nein, danke", "2"),
    ],
)
def test_it_is_understood(type: Type, language: str, text: str, typed: str) -> None:
    assert keys(type, text, language) == typed


@pytest.mark.parametrize(
    ("type", "text"),
    [
        ("digits", ""),
        ("digits", "[unk]"),
        ("digits", "one [unk] two"),
        ("digits", "one two please"),
        ("digits", "double"),
        ("digits", "double twelve"),
        ("digits", "double me"),
        ("digits", "one " * 33),
        ("number", "minus three"),
        ("number", "twenty-one two"),
        ("number", "three point"),
        ("number", "many point five"),
        ("number", "one thousand thousand"),
        ("number", "one thousand and"),
        ("number", "1 2 3 and"),
        ("currency", "euros"),
        ("currency", "twelve fifty"),
        ("currency", "twelve euros one hundred"),
        ("currency", "many euros fifty"),
        ("currency", "many cents"),
        ("currency", "one hundred cents"),
        ("date", "May"),
        ("date", "twelfth"),
        ("date", "February thirtieth"),
        ("date", "February twenty-ninth twenty twenty-five"),
        ("date", "Monday, the third of March"),
        ("date", "May twelfth twenty"),
        ("date", "May twelfth some year"),
        ("time", "twenty-five"),
        ("time", "nine five"),
        ("time", "nine sixty"),
        ("time", "two three zero three zero"),
        ("time", "fifteen a.m."),
        ("time", "some time soon"),
        ("time", ""),
        ("phone", "plus"),
        ("phone", "one star"),
        ("phone", "star one"),
        ("boolean", "yes and no"),
        ("boolean", "perhaps"),
    ],
)
def test_what_is_not_wholly_understood_is_not_understood(type: Type, text: str) -> None:
    assert keys(type, text) is None


def test_the_keys_of_yes_and_no_are_those_that_were_given() -> None:
    assert keys_of("boolean", "no", "en", TUESDAY, "*", "0") == "0"


@given(st.sampled_from(get_args(Type)), LANGUAGES, st.data())
def test_whatever_is_said_there_is_an_answer(
    type: Type, language: str, data: st.DataObject
) -> None:
    words = loop_words(type, language) or ("yes",)
    text = " ".join(data.draw(st.lists(st.sampled_from(words), max_size=8)))
    typed = keys(type, text, language)
    assert typed is None or (typed and set(typed) <= set("0123456789*"))


@pytest.mark.parametrize("language", sorted(TONGUES))
def test_the_words_that_may_be_said_are_those_that_are_understood(language: str) -> None:
    for type in get_args(Type):
        words = loop_words(type, language)
        assert len(set(words)) == len(words)
        assert all(word == word.lower() and "".join(tokens(word)) for word in words)
    for digit in range(10):
        assert said("number", digit, language).lower() in loop_words("digits", language)
    assert not loop_words("boolean", language)


@pytest.mark.parametrize("language", sorted(TONGUES))
def test_phrases_are_of_words_that_may_be_said_and_mean_something(language: str) -> None:
    for type in get_args(Type):
        words = loop_words(type, language)
        for phrase in phrases(type, language):
            assert type == "boolean" or set(phrase.split()) <= set(words)
    assert all(keys("digits", phrase, language) for phrase in phrases("digits", language))
    assert all(keys("boolean", answer, language) for answer in phrases("boolean", language))


def test_numbers_of_several_words_are_phrases() -> None:
    assert "ninety nine" in phrases("currency", "en")
    assert phrases("digits", "de") == ()


def test_the_words_are_prepared_before_a_call_needs_them() -> None:
    prepare("en", "fr")
    assert in_use()
