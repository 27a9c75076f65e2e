"""Secrets (SEMANTICS 13), and what a step makes of them."""

import copy
import json
import logging
import pickle

import pytest

from ivr.engine.call import Call
from ivr.engine.values import Secret
from ivr.engine.verb import Result
from ivr.engine.verbs import collect, pause

from .driver import Driver


async def pin(call: Call) -> Result:
    return await collect(call, "pin", into="pin", length=4, sensitive=True, attempts=2)


def test_a_secret_does_not_show(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret("4711")
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>9}", f"{secret:>9}"]
    shown += ["%s" % secret, str([secret]), str(Result("done", secret))]  # noqa: UP031
    with caplog.at_level(logging.INFO):
        logging.info("pin %s", secret)
    assert not any("4711" in text for text in [*shown, caplog.text])


def test_a_secret_is_not_stored_copied_or_hashed() -> None:
    secret = Secret("4711")
    for store in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps, hash):
        with pytest.raises(TypeError):
            store(secret)


def test_a_secret_can_be_compared_and_revealed_on_purpose() -> None:
    secret = Secret("4711é")
    assert secret == "4711é" and secret == Secret("4711é")
    assert secret != "4712" and secret != Secret("4712")
    assert secret != 4711
    assert secret.reveal() == "4711é"


def test_a_sensitive_entry_is_a_secret() -> None:
    phone = Driver(pin, lambda call: pause(call, 1))
    phone.start()
    phone.press("4711")
    assert phone.results[0].value == "4711"
    assert isinstance(phone.results[0].value, Secret)
    assert isinstance(phone.call.vars["pin"], Secret)


def test_a_sensitive_entry_does_not_show_in_the_journal() -> None:
    phone = Driver(pin)
    phone.start()
    phone.press("4711")
    assert phone.noted("entry") == ["typed ***"]


def test_a_refused_sensitive_entry_does_not_show_either() -> None:
    phone = Driver(pin)
    phone.start()
    phone.press("47#47#")
    assert phone.noted("entry") == ["no_match ***#", "no_match ***#"]
    assert isinstance(phone.result.value, Secret)


def test_keys_may_be_shown_only_while_a_step_that_is_not_sensitive_takes_them() -> None:
    phone = Driver(
        lambda call: pause(call, 1),
        pin,
        lambda call: collect(call, "number", into="number", length=2),
    )
    phone.start()
    assert not phone.call.reading, "they may be meant for a sensitive step"
    phone.wait(1)
    assert not phone.call.reading
    phone.press("4711")
    assert phone.call.reading
    phone.press("42")
    assert not phone.call.reading


def test_secrets_are_forgotten_at_the_end_of_the_call_and_other_variables_are_not() -> None:
    phone = Driver(pin, lambda call: collect(call, "number", into="number", length=2))
    phone.start()
    phone.press("471142")
    assert phone.session.ended
    assert phone.call.vars == {"number": "42"}
