"""SEMANTICS 13: a PIN is compared, counted and never shown."""

from typing import Any

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import RecordCall, Work
from ivr.engine.events import WorkDone
from ivr.engine.values import Secret, Value
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import authenticate

from .driver import Driver

PIN = Secret("4711")
SCOPE = "authenticate:caller:alice"


class Store:
    """Answers what is to be recalled and remembered, as the real one does."""

    def __init__(self, *failing: str, failures: int = 0) -> None:
        self.values: dict[str, dict[str, Any]] = {SCOPE: {"failures": failures}} if failures else {}
        self.failing = failing
        self.orders: list[Work] = []

    def answers(self, phone: Driver) -> None:
        todo = [each for each in phone.effects if isinstance(each, Work)]
        while todo != self.orders:
            work = todo[len(self.orders)]
            self.orders.append(work)
            if work.job in self.failing:
                phone.take(WorkDone(work.id, "failed", reason="the disk is full"))
            else:
                phone.take(WorkDone(work.id, value=self._does(work)))
            todo = [each for each in phone.effects if isinstance(each, Work)]

    def _does(self, work: Work) -> dict[str, Any]:
        order, kept = work.order, self.values.setdefault(work.order["scope"], {})
        if work.job == "recall":
            return {name: kept[name] for name in order["names"] if name in kept}
        kept.update(order["values"])
        for name, more in order["add"].items():
            kept[name] = kept.get(name, 0) + more
        return {name: kept[name] for name in order["add"]}


def caller(store: Store, pin: Value = PIN, **arguments: Any) -> Driver:
    async def verb(call: Call) -> Result:
        call.vars["pin"] = pin
        return await authenticate(
            call, "pin", expected="pin", **{"length": 4, "account": "", **arguments}
        )

    phone = Driver(verb)
    phone.start()
    store.answers(phone)
    return phone


def types(phone: Driver, store: Store, *entries: str) -> None:
    for keys in entries:
        phone.press(keys)
        store.answers(phone)


@pytest.mark.parametrize("pin", [Secret("4711"), "4711"])
def test_the_right_pin_lets_in(pin: Value) -> None:
    store = Store()
    phone = caller(store, pin)
    types(phone, store, "4711")
    assert phone.result == Result("ok")
    assert store.values == {SCOPE: {"failures": 0}}


def test_a_wrong_one_is_asked_for_again_and_counted() -> None:
    store = Store()
    phone = caller(store, wrong_prompts=("wrong_pin",))
    types(phone, store, "1111")
    assert phone.playing and phone.playing.prompts == ("wrong_pin", "pin")
    types(phone, store, "4711")
    assert phone.result == Result("ok")
    assert store.values == {SCOPE: {"failures": 0}}, "who knows it begins anew"


def test_one_run_of_keys_is_one_guess() -> None:
    store = Store()
    phone = caller(store)
    types(phone, store, "111122224711")
    assert store.values == {SCOPE: {"failures": 1}}
    assert phone.results == []
    types(phone, store, "4711")
    assert phone.result == Result("ok")


def test_wrong_ones_use_up_the_attempts() -> None:
    store = Store()
    phone = caller(store, attempts=2)
    types(phone, store, "1111", "2222")
    assert phone.result == Result("failed")
    assert store.values == {SCOPE: {"failures": 2}}
    assert phone.noted("authenticate") == ["failed"]


def test_who_says_nothing_has_failed_and_is_not_counted() -> None:
    store = Store()
    phone = caller(store, attempts=1)
    phone.play_done()
    phone.wait(5)
    assert phone.result == Result("failed", reason="no_input")
    assert not store.values[SCOPE]


def test_what_can_be_no_pin_is_not_counted() -> None:
    store = Store()
    phone = caller(store, attempts=1)
    types(phone, store, "47*")
    assert phone.result == Result("failed", reason="no_match")
    assert not store.values[SCOPE]


def test_too_many_failures_lock_in_the_middle_of_a_call() -> None:
    store = Store(failures=3)
    phone = caller(store, max_failures=5)
    types(phone, store, "1111", "2222")
    assert phone.result == Result("locked")


def test_what_is_locked_is_not_asked_for() -> None:
    store = Store(failures=5)
    phone = caller(store)
    assert phone.result == Result("locked")
    assert phone.playing is None


def test_calls_at_the_same_time_get_no_further_try() -> None:
    store = Store()
    phone = caller(store)
    store.values[SCOPE]["failures"] = 5  # by other calls, since this one was let in
    types(phone, store, "4711")
    assert phone.result == Result("locked"), "even with the right one"


def test_it_is_counted_before_it_is_compared() -> None:
    store = Store()
    phone = caller(store)
    phone.press("1111")
    order = phone.effects[-1]
    assert isinstance(order, Work) and order.job == "remember"
    assert order.order == {
        "scope": SCOPE, "values": {}, "seconds": 900.0, "add": {"failures": 1},
    }  # fmt: skip
    phone.hang_up()
    assert not phone.results


def test_an_account_has_failures_of_its_own() -> None:
    store = Store()
    phone = caller(store, account="{{ caller }}-7", attempts=1)
    types(phone, store, "1111")
    assert store.values["authenticate:alice-7"] == {"failures": 1}


@pytest.mark.parametrize(("job", "keys"), [("recall", ""), ("remember", "4711")])
def test_nobody_is_let_in_uncounted(job: str, keys: str) -> None:
    store = Store(job)
    phone = caller(store)
    types(phone, store, keys)
    assert phone.result == Result("failed", reason="failed")
    assert phone.noted("not_counted") == ["the disk is full"]


def test_an_empty_pin_lets_nobody_in() -> None:
    store = Store()
    phone = caller(store, "", length=None, max=4, min=1, attempts=1)
    types(phone, store, "1#")
    assert phone.result == Result("failed")


@pytest.mark.parametrize("answer", [None, {"failures": "many"}])
def test_what_a_store_makes_up_is_no_count(answer: Any) -> None:
    phone = Driver(lambda call: authenticate(call, "pin", expected="'4711'", length=4))
    phone.start()
    work = phone.effects[-1]
    assert isinstance(work, Work)
    phone.take(WorkDone(work.id, value=answer))
    assert phone.playing


def test_a_pin_is_a_text() -> None:
    phone = caller(Store(), 4711)
    assert "gives no text; a PIN is one: 0042 is not 42" in phone.noted("failed")[0]


def test_it_shows_nowhere() -> None:
    async def verb(call: Call) -> Result:
        call.recording = call.new_id()
        call.emit(RecordCall(call.recording, "call"))
        return await authenticate(call, "pin", expected="'4711'", length=4)

    phone, store = Driver(verb), Store()
    phone.start()
    store.answers(phone)
    types(phone, store, "1234", "4711")
    assert phone.result == Result("ok")
    assert "1234" not in "\n".join(phone.journal) and "4711" not in "\n".join(phone.journal)
    assert "1234" not in repr(phone.effects)
    assert [type(each).__name__ for each in phone.effects].count("Mask") == 2
    assert not phone.call.vars


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"length": 4, "min": 2}, "length is exact"),
        ({"min": 5, "max": 4}, "min is more than max"),
        ({"terminators": "0"}, "a digit can be part of the PIN"),
        ({"length": 4}, ""),
    ],
)
def test_what_cannot_be_meant(arguments: dict[str, Any], words: str) -> None:
    assert VERBS["authenticate"].check(arguments).startswith(words)
