"""What is still typed of a wrong entry answers nothing else (SEMANTICS 1 and 3)."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.events import Interjected
from ivr.engine.verb import Result
from ivr.engine.verbs import ask, collect, pause

from .driver import Driver


async def amount(call: Call) -> Result:
    return await collect(call, "how_much", into="amount", type="number", inter_digit=2)


def asked() -> Driver:
    phone = Driver(amount)
    phone.start()
    return phone


def typed(phone: Driver, keys: str, every: float = 0.3) -> None:
    for key in keys:
        phone.press(key)
        phone.wait(every)


def test_the_rest_of_a_wrong_entry_is_no_other_amount() -> None:
    phone = asked()
    typed(phone, "1*2*3#")
    assert phone.noted("entry") == ["no_match 1*2*"]
    assert phone.playing, "nor does it cut the repeated question short"
    typed(phone, "7#")
    assert phone.result.value == "7"


def test_also_where_it_began_before_the_question() -> None:
    phone = Driver(lambda call: pause(call, 0.3), amount)
    phone.start()
    phone.press("1*2*")
    phone.wait(0.3)
    phone.press("3#")
    assert phone.noted("entry") == ["no_match 1*2*"]
    assert phone.playing


def test_also_where_the_first_key_was_wrong_already() -> None:
    phone = Driver(lambda call: collect(call, "code", into="code", length=4))
    phone.start()
    typed(phone, "*123456")
    assert phone.noted("entry") == ["no_match *"]


def test_also_after_the_last_attempt() -> None:
    phone = Driver(lambda call: collect(call, into="code", length=4, attempts=1), amount)
    phone.start()
    typed(phone, "1*34")
    assert [result.outcome for result in phone.results] == ["no_match"]
    assert phone.playing


def test_also_where_the_time_for_it_was_up() -> None:
    phone = Driver(lambda call: collect(call, "code", into="code", length=9, total=1))
    phone.start()
    typed(phone, "12345678")
    assert phone.noted("entry") == ["no_match 12345"]


def test_its_terminator_ends_it() -> None:
    phone = asked()
    phone.press("1**3#5#")
    assert phone.result.value == "5"


def test_also_a_terminator_that_was_typed_ahead() -> None:
    phone = Driver(lambda call: pause(call, 1), amount)
    phone.start()
    phone.press("1**3#")
    phone.wait(1)
    phone.press("5#")
    assert phone.result.value == "5"


def test_so_does_a_pause_in_which_an_entry_would_have_ended() -> None:
    phone = asked()
    phone.press("1**3")
    phone.wait(0.5)
    phone.press("5#")
    assert phone.result.value == "5"


def test_a_wrong_key_typed_long_before_the_question_has_no_rest() -> None:
    phone = Driver(lambda call: pause(call, 5), amount)
    phone.start()
    phone.press("1**")
    phone.wait(5)
    phone.press("5#")
    assert phone.result.value == "5"


def test_who_presses_a_wrong_key_of_a_menu_may_press_another_one_at_once() -> None:
    phone = Driver(lambda call: ask(call, "menu", choices=Choices({"one": ["1"]})))
    phone.start()
    phone.press("91")
    assert phone.result.outcome == "one"


def test_what_is_wrong_as_a_whole_has_no_rest() -> None:
    phone = Driver(lambda call: collect(call, "when", into="when", type="date"))
    phone.start()
    phone.press("20250230" + "20250228")
    assert phone.result.value == "20250228"


@given(st.text("0123456789*", max_size=12), st.text("0123456789*", max_size=12))
def test_of_what_is_typed_in_one_go_only_the_whole_is_an_amount(begun: str, rest: str) -> None:
    phone = asked()
    typed(phone, begun + "*" + rest + "#")
    whole = phone.results and str(phone.result.value)
    assert not whole or whole == begun + "*" + rest


def test_the_journal_says_so_without_the_keys() -> None:
    phone = asked()
    phone.press("1**3#")
    assert phone.noted("dropped") == ["a key of the entry before, which was wrong"] * 2


def test_until_when_is_told_by_the_clock_of_whoever_asks() -> None:
    phone = asked()
    assert phone.session.rest_until < phone.now
    phone.press("1**")
    assert phone.session.rest_until == phone.now + 0.4
    phone.take(Interjected("news"))
    assert phone.session.rest_until > phone.now + 0.4, "no time passes for the flow meanwhile"
    phone.press("3")
    assert len(phone.noted("dropped")) == 1
