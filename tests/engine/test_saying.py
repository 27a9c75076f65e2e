"""SEMANTICS 14: what a value sounds like, in the language of the call."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from babel import Locale
from babel.dates import get_day_names, get_month_names
from babel.numbers import get_currency_name
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from ivr.engine.errors import FlowError
from ivr.engine.saying import SAID, in_use, prepare
from ivr.engine.saying.tongues import TONGUES
from ivr.engine.templates import check_expression, evaluate, render
from ivr.engine.values import Secret, Value

LANGUAGES = sorted(TONGUES)
TUESDAY = date(2026, 12, 1)


def said(filter: str, value: object, language: str, *options: object, **named: object) -> str:
    return str(SAID[filter](value, language, *options, **named))


@given(st.integers(0, 10**15 - 1), st.sampled_from(LANGUAGES))
def test_whole_numbers_are_those_of_num2words(amount: int, language: str) -> None:
    assert said("number", amount, language) == num2words(amount, lang=language)


@given(st.decimals(-(10**9), 10**9, places=4), st.sampled_from(LANGUAGES))
def test_a_number_has_its_sign_its_point_and_each_of_its_places(
    amount: Decimal, language: str
) -> None:
    tongue, words = TONGUES[language], said("number", amount, language)
    assert words.startswith(tongue.minus + " ") == (amount < 0)
    places = f"{abs(amount):f}".partition(".")[2].rstrip("0")
    _, point, behind = words.partition(f" {tongue.point} ")
    assert bool(point) == bool(places)
    assert behind == " ".join(num2words(int(digit), lang=language) for digit in places)


@pytest.mark.parametrize(
    ("filter", "value", "words"),
    [
        ("number", 0, "null"),
        ("number", "12.50", "zwölf Komma fünf"),
        ("number", -0.5, "minus null Komma fünf"),
        ("ordinal", 3, "dritte"),
        ("ordinal", 0, "nullte"),
        ("duration", 0, "null Sekunden"),
        ("duration", 3661, "eine Stunde, eine Minute und eine Sekunde"),
        ("duration", 90000, "ein Tag und eine Stunde"),
        ("date", TUESDAY, "Dienstag, der erste Dezember zweitausendsechsundzwanzig"),
        ("time", time(14, 5), "vierzehn Uhr fünf"),
        ("time", "01:00", "ein Uhr"),
        ("list", ["a", "b", "c"], "a, b und c"),
        ("list", [], ""),
        ("spelled", "b@x", "B, at, X"),
    ],
)
def test_values_in_german(filter: str, value: object, words: str) -> None:
    assert said(filter, value, "de") == said(filter, value, "de-AT") == words


@pytest.mark.parametrize(
    ("language", "masculine", "feminine"),
    [
        ("de", "ein Euro", "eine Stunde"),
        ("es", "un euro", "una hora"),
        ("fr", "un euro", "une heure"),
        ("it", "un euro", "un'ora"),
        ("pt", "um Euro", "uma hora"),
        ("pl", "jeden euro", "jedna godzina"),
        ("nl", "één euro", "één uur"),
        ("en", "one euro", "one hour"),
    ],
)
def test_one_goes_with_the_gender_of_what_is_counted(
    language: str, masculine: str, feminine: str
) -> None:
    assert said("currency", 1, language, "EUR") == masculine
    assert said("duration", 3600, language) == feminine


@pytest.mark.parametrize(
    ("language", "value", "words"),
    [
        ("es", 21, "veintiuna"),
        ("es", 231, "doscientas treinta y una"),
        ("es", 300, "trescientas"),
        ("fr", 21, "vingt et une"),
        ("it", 1, "una"),
        ("it", 21, "ventuno"),
        ("pt", 2, "duas"),
        ("pt", 201, "duzentas e uma"),
        ("pt", 202, "duzentas e duas"),
        ("pt", 300, "trezentas"),
        ("pl", 22, "dwadzieścia dwie"),
        ("de", 1, "eine"),
        ("en", 1, "one"),
    ],
)
def test_a_number_may_be_feminine(language: str, value: int, words: str) -> None:
    assert said("number", value, language, "feminine") == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "vigésima primera"),
        ("fr", "vingt et unième"),
        ("it", "ventunesima"),
        ("pt", "vigésima primeira"),
        ("pl", "dwudziesta pierwsza"),
        ("de", "einundzwanzigste"),
    ],
)
def test_an_ordinal_may_be_feminine(language: str, words: str) -> None:
    assert said("ordinal", 21, language, "feminine") == words


@given(st.integers(1, 10**6), st.sampled_from(LANGUAGES))
def test_ordinals_are_those_of_num2words(amount: int, language: str) -> None:
    assert said("ordinal", amount, language) == num2words(amount, lang=language, to="ordinal")


@pytest.mark.parametrize(
    ("count", "zlotys", "groszy"),
    [
        (1, "złoty polski", "grosz"),
        (2, "złote polskie", "grosze"),
        (4, "złote polskie", "grosze"),
        (5, "złotych polskich", "groszy"),
        (12, "złotych polskich", "groszy"),
        (22, "złote polskie", "grosze"),
        (25, "złotych polskich", "groszy"),
    ],
)
def test_polish_has_three_forms(count: int, zlotys: str, groszy: str) -> None:
    number = num2words(count, lang="pl")
    assert said("currency", count, "pl", "PLN") == f"{number} {zlotys}"
    assert said("currency", Decimal(count) / 100, "pl", "PLN") == f"{number} {groszy}"
    forms = {"one": "grosz", "few": "grosze", "many": "groszy"}
    assert said("plural", count, "pl", **forms) == groszy


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("1.01", "EUR", "one euro and one cent"),
        (0, "EUR", "zero euros"),
        ("0.50", "GBP", "fifty pence"),
        ("-2.005", "USD", "minus two US dollars"),
        (5, "JPY", "five Japanese yen"),
        ("5.50", "CZK", "five point five zero Czech korunas"),
        ("1.005", "KWD", "one point zero zero five Kuwaiti dinars"),
    ],
)
def test_money_has_major_and_minor_units(value: object, code: str, words: str) -> None:
    assert said("currency", value, "en", code) == words


@given(st.integers(0, 10**9), st.sampled_from(LANGUAGES), st.sampled_from(["EUR", "PLN", "CHF"]))
def test_currencies_are_named_as_in_cldr(amount: int, language: str, code: str) -> None:
    name = get_currency_name(code, amount, locale=Locale.parse(language))
    assert said("currency", amount, language, code).endswith(f" {name}")


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(LANGUAGES))
def test_dates_have_the_names_of_cldr_in_the_order_of_the_language(
    day: date, language: str
) -> None:
    words, locale = said("date", day, language), Locale.parse(language)
    weekday = get_day_names("wide", locale=locale)[day.weekday()]
    month = get_month_names("wide", locale=locale)[day.month]
    assert words.startswith(weekday)
    before, _, after = words.partition(month)
    assert after and (language == "en") == (before.strip(" ,") == weekday)
    assert said("date", datetime.combine(day, time()), language) == words


@pytest.mark.parametrize(
    ("language", "full", "long"),
    [
        ("en", "Tuesday, December first, twenty twenty-six", "December first, twenty twenty-six"),
        (
            "en-GB",
            "Tuesday, the first of December twenty twenty-six",
            "the first of December twenty twenty-six",
        ),
        (
            "es",
            "martes, primero de diciembre de dos mil veintiséis",
            "primero de diciembre de dos mil veintiséis",
        ),
        (
            "fr",
            "mardi premier décembre deux mille vingt-six",
            "premier décembre deux mille vingt-six",
        ),
        (
            "nl",
            "dinsdag één december tweeduizendzesentwintig",
            "één december tweeduizendzesentwintig",
        ),
        (
            "pl",
            "wtorek, pierwszego grudnia dwa tysiące dwudziestego szóstego roku",
            "pierwszego grudnia dwa tysiące dwudziestego szóstego roku",
        ),
    ],
)
def test_a_date_in_each_order(language: str, full: str, long: str) -> None:
    assert said("date", TUESDAY, language) == full
    assert said("date", TUESDAY, language, "long") == long


def test_a_date_may_leave_the_year_out() -> None:
    assert said("date", TUESDAY, "en", "day") == "Tuesday, December first"
    assert said("date", "2026-12-02", "es", "day") == "miércoles, dos de diciembre"
    assert said("date", "2026-12-02", "de", "day") == "Mittwoch, der zweite Dezember"


@pytest.mark.parametrize(
    ("day", "words"),
    [(1, "heute"), (2, "morgen"), (3, "Donnerstag, der dritte Dezember")],
)
def test_a_near_date_is_today_or_tomorrow(day: int, words: str) -> None:
    names: dict[str, Value] = {"language": "de", "now": datetime(2026, 12, 1, 23, 59)}
    assert render(f"{{{{ '2026-12-0{day}' | date('near') }}}}", names) == words
    assert said("date", TUESDAY, "de", "near") == "Dienstag, der erste Dezember"


@pytest.mark.parametrize(
    ("language", "clock", "words"),
    [
        ("en", "00:00", "midnight"),
        ("en", "12:00", "noon"),
        ("en", "00:30", "twelve thirty AM"),
        ("en", "13:00", "one PM"),
        ("en", "14:05", "two oh five PM"),
        ("en-GB", "14:05", "fourteen oh five"),
        ("en-GB", "09:00", "nine hundred"),
        ("es", "01:00", "una hora"),
        ("es", "21:05", "veintiuna horas y cinco minutos"),
        ("fr", "21:00", "vingt et une heures"),
        ("fr", "08:15", "huit heures quinze"),
        ("it", "14:05", "quattordici ore e cinque minuti"),
        ("pt", "02:00", "duas horas"),
        ("nl", "14:05", "veertien uur vijf"),
        ("pl", "22:05", "dwudziesta druga zero pięć"),
        ("pl", "00:00", "zero"),
        ("sv", "14:05", "14:05"),
    ],
)
def test_a_time_is_said_on_the_clock_of_its_language(language: str, clock: str, words: str) -> None:
    assert said("time", clock, language) == words


def test_the_clock_can_be_chosen() -> None:
    assert said("time", time(14, 5), "en", 24) == "fourteen oh five"
    assert said("time", datetime(2026, 1, 1, 14, 5), "es", 12) == "dos cero cinco p. m."
    assert said("time", time(9), "de", 12) == "neun AM"


@pytest.mark.parametrize(
    ("number", "options", "words"),
    [
        ("+12025550123", (), "2 0 2, 5 5 5, 0 1 2 3"),
        ("+48221234567", (), "plus 4 8, 2 2, 1 2 3, 4 5, 6 7"),
        ("030123456", ("DE",), "0 3 0, 1 2 3, 4 5 6"),
        ("+4930123456", (), "plus 4 9, 3 0, 1 2 3, 4 5 6"),
        ("+494012345678", ("DE",), "0 4 0, 1 2 3, 4 5 6, 7 8"),
        ("6", (), "6"),
        ("601", (), "6 0 1"),
        ("*21#", (), "* 2 1 #"),
        ("anonymous", (), "anonymous"),
    ],
)
def test_a_phone_number_is_said_in_its_groups(
    number: str, options: tuple[str, ...], words: str
) -> None:
    assert said("phone", number, "en-US", *options) == words


def test_texts_are_spelled() -> None:
    assert said("spelled", "a1 B", "en") == "A, 1, B"
    assert said("spelled", "a1", "en", "phonetic") == "Alfa, 1"
    assert said("spelled", "é", "fr", "phonetic") == "É"


def test_plurals_fall_back_to_the_last_form_there_is() -> None:
    assert said("plural", 1, "en", "message", "messages") == "message"
    assert said("plural", 0, "en", "message", "messages") == "messages"
    assert said("plural", Decimal("1.5"), "en", "message", "messages") == "messages"
    assert said("plural", 5, "pl", one="a", few="b") == "b"


def test_other_languages_have_what_the_libraries_know() -> None:
    assert said("number", Decimal("-1.5"), "sv") == "minus ett komma fem"
    assert said("currency", "1.50", "sv", "EUR") == "ett komma fem noll euro"
    assert said("date", TUESDAY, "sv") == "tisdag ett december tvåtusentjugosex"
    assert said("number", -2, "xx") == "minus 2"
    assert said("date", TUESDAY, "xx", "long") == "December 1, 2026"
    assert said("ordinal", 2, "xx") == "2"


def test_the_language_is_that_of_the_call() -> None:
    prepare("de", "en")
    assert in_use()
    names: dict[str, Value] = {"n": 21, "language": "de"}
    assert render("{{ n | number }}", names) == "einundzwanzig"
    assert render("{{ n | number }}", {"n": 21}) == "twenty-one"
    assert evaluate("n | currency('EUR')", names) == "einundzwanzig Euro"
    assert evaluate("n | plural(one='Tag', other='Tage')", names) == "Tage"


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("'x' | number", "'x' is no number"),
        ("true | number", "True is no number"),
        ("[1] | number", "this is no number"),
        ("'nan' | number", "'nan' is no number"),
        ("'1' | number | number", "'one' is no number"),
        ("1000000000000000 | number", "or more cannot be said"),
        ("1 | number('neuter')", "no gender 'neuter'"),
        ("1.5 | ordinal", "is no whole number"),
        ("-1 | ordinal", "has no place in an order"),
        ("1 | plural", "plural needs words"),
        ("1 | plural(single='x')", "no plural category 'single'"),
        ("nobody | number", "'nobody' is undefined"),
        ("pin | number", "a secret cannot be put into a text"),
        ("pin | spelled", "a secret cannot be put into a text"),
        ("[pin] | list", "list says texts and whole numbers"),
        ("1 | currency(code)", "no currency 'EURO'; expected a code of ISO 4217"),
        ("1 | date", "date needs a date"),
        ("'tomorrow' | date", "date needs a date"),
        ("'2026-01-01' | date('short')", "expected one of full, long, day, near"),
        ("1 | time", "time needs a time"),
        ("'noon' | time", "time needs a time"),
        ("'09:00' | time(10)", "expected 12 or 24"),
        ("-1 | duration", "expected 0 to"),
        ("1 | phone", "phone needs a text"),
        ("1 | list", "list needs several things"),
        ("['a'] | list('nor')", "expected 'and' or 'or'"),
        ("many | list", "at most 100 can be said"),
        ("true | spelled", "spelled needs a text"),
        ("'a' | spelled('morse')", "expected 'phonetic'"),
        ("long | spelled", "at most 100 can be spelled"),
    ],
)
def test_what_cannot_be_said_is_a_fault_with_its_source(source: str, fault: str) -> None:
    names = {"pin": Secret("4711"), "code": "EURO", "many": ["a"] * 101, "long": "a" * 101}
    with pytest.raises(FlowError) as caught:
        evaluate(source, names)
    assert fault in str(caught.value) and source[:40] in str(caught.value)
    assert "4711" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("1 | currency", "currency takes code"),
        ("1 | currency('EURO')", "no currency 'EURO'"),
        ("1 | currency(code='EURO')", "no currency 'EURO'"),
        ("1 | duration(2)", "duration takes no options"),
        ("1 | date(today=1)", "date takes form"),
        ("1 | digits(2)", "digits takes no such options"),
        ("1 | round(places=2)", "round takes no such options"),
        ("1 | plural(*x)", "one by one, without *"),
        ("1 | plural(**x)", "one by one, without *"),
        ("1 is even(*x)", "one by one, without *"),
    ],
)
def test_wrong_options_are_found_when_the_flow_is_read(source: str, fault: str) -> None:
    with pytest.raises(FlowError) as caught:
        check_expression(source)
    assert fault in str(caught.value)


def test_a_number_of_the_languages_own_country_is_said_as_it_is_dialled() -> None:
    assert said("phone", "+4930123456", "de") == "0 3 0, 1 2 3, 4 5 6"
    assert said("phone", "+4930123456", "de-AT") == "plus 4 9, 3 0, 1 2 3, 4 5 6"
