"""What is said can be told apart, and agrees with num2words and CLDR, in all eight languages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import pytest
from babel import Locale
from babel.dates import get_day_names, get_month_names
from babel.units import format_unit
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from ivr.engine.mentions import plurals_in
from ivr.engine.saying.plurals import CATEGORIES, lacking, needed
from ivr.engine.saying.tongues import TONGUES

from .test_saying import said

LANGUAGES = sorted(TONGUES)
LENGTHS: tuple[Literal["long", "short"], ...] = ("long", "short")  # Dutch has no long ones
FORMS = {name: name for name in CATEGORIES}
each_language = pytest.mark.parametrize("language", LANGUAGES)
languages = st.sampled_from(LANGUAGES)


def meanings(
    filter: str, values: Iterable[object], language: str, *options: str
) -> dict[str, object]:
    """What each phrase means that is said of *values*; no two of them are said alike."""
    found: dict[str, object] = {}
    for value in values:
        words = said(filter, value, language, *options)
        assert found.setdefault(words, value) == value, f"{words}: {found[words]} and {value}"
    return found


@each_language
def test_no_two_numbers_are_said_alike(language: str) -> None:
    numbers = [*range(2000), *range(2000, 10**6, 7919), *(10**n for n in range(3, 15))]
    words = meanings("number", numbers, language)
    assert all(num2words(value, lang=language) == phrase for phrase, value in words.items())
    meanings("number", range(1000), language, "feminine")
    meanings("number", [Decimal(n) / 100 for n in range(-500, 500)], language)


@each_language
def test_no_two_places_in_an_order_are_said_alike(language: str) -> None:
    for gender in ("masculine", "feminine"):
        meanings("ordinal", range(1, 1000), language, gender)


@given(st.integers(0, 10**12), st.integers(0, 10**12), languages)
def test_numbers_that_are_said_alike_are_one(first: int, second: int, language: str) -> None:
    alike = said("number", first, language) == said("number", second, language)
    assert alike == (first == second)


@each_language
def test_no_two_days_are_said_alike(language: str) -> None:
    year = [date(2024, 1, 1) + timedelta(days) for days in range(366)]
    for form in ("full", "long", "day"):
        meanings("date", year, language, form)
    meanings("date", [date(each, 5, 1) for each in range(1000, 2200)], language, "long")


@each_language
def test_months_and_days_of_the_week_have_the_names_of_cldr(language: str) -> None:
    locale = Locale.parse(language)
    months, weekdays = get_month_names(locale=locale), get_day_names(locale=locale)
    for month in range(1, 13):
        for number in range(1, 29):
            day = date(2026, month, number)
            words = said("date", day, language)
            assert months[month] in words and words.startswith(weekdays[day.weekday()])


@given(st.integers(0, 10**9), languages)
def test_a_word_has_the_form_that_cldr_gives_it(amount: int, language: str) -> None:
    form = Locale.parse(language).plural_form(amount)
    assert said("plural", amount, language, **FORMS) == form
    assert said("plural", -amount, language, **FORMS) == form


@given(st.decimals(0, 1000, places=2), languages)
def test_and_so_does_one_with_a_fraction(amount: Decimal, language: str) -> None:
    shortest = int(amount) if amount == int(amount) else amount.normalize()
    form = Locale.parse(language).plural_form(shortest)
    assert said("plural", amount, language, **FORMS) == form


@given(
    st.integers(2, 23), st.sampled_from([("hour", 3600), ("minute", 60), ("second", 1)]), languages
)
def test_units_of_time_have_the_forms_of_cldr(
    amount: int, unit: tuple[str, int], language: str
) -> None:
    name, seconds = unit
    locale, words = Locale.parse(language), said("duration", amount * seconds, language)
    forms = [format_unit(amount, f"duration-{name}", length, locale=locale) for length in LENGTHS]
    assert words.endswith(tuple(form.replace(str(amount), "").strip() for form in forms))


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        *[(each, {"one", "other"}) for each in ("en", "de", "es", "fr", "it", "pt", "nl")],
        ("pl", {"one", "few", "many"}),
        ("ja", {"other"}),
        ("ar", {"zero", "one", "two", "few", "many", "other"}),
    ],
)
def test_a_word_is_complete_with_the_forms_of_whole_numbers(language: str, forms: set[str]) -> None:
    assert needed(language) == forms
    assert lacking(forms, [language]) == ""
    assert all(lacking(forms - {each}, [language]) for each in forms)


def test_of_several_languages_one_is_enough() -> None:
    assert lacking({"one", "other"}, ["en", "pl"]) == ""
    assert lacking({"one", "few", "many"}, ["en", "pl"]) == ""
    assert lacking({"one", "few"}, ["en", "pl"]).startswith("plural lacks many, which pl has")
    assert lacking({"two"}, [""]) == ""


def test_a_text_tells_which_forms_it_has() -> None:
    text = "{{ n | plural('a', 'b') }} {{ n | plural(one='a', few='b') | upper }} {{ n | digits }}"
    assert plurals_in(text) == [{"one", "other"}, {"one", "few"}]
    assert plurals_in("plural {{ n }}") == plurals_in("the plural") == []
