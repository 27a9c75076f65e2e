"""Who gets in, who does not, and what guessing costs."""

import logging

import pytest

from ivr.web.gate import REMEMBERED, Gate
from ivr.web.problem import Problem

from .conftest import BEARER, TOKEN, Api


def test_a_missing_token_is_asked_for(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    answer = api.ask("GET", "/v1/calls")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="ivr"'
    assert caplog.messages == ["no token from 192.0.2.1 (1 of 3)"]


@pytest.mark.parametrize("wrong", ["Bearer guess", "Bearer", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
def test_a_wrong_token_is_refused(api: Api, wrong: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = api.ask("GET", "/v1/calls", {"Authorization": wrong})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="ivr", error="invalid_token"'
    assert caplog.messages == ["wrong token from 192.0.2.1 (1 of 3)"]
    assert wrong not in caplog.text


def test_a_token_of_any_bytes_is_only_wrong() -> None:
    with pytest.raises(Problem, match="401"):
        Gate(TOKEN, 1, lambda: 0.0).check("192.0.2.1", "Bearer \xff\xe9")


def test_the_scheme_is_read_in_any_case(api: Api) -> None:
    assert api.ask("GET", "/v1/calls", {"Authorization": f"bearer  {TOKEN}"}).status_code == 200


def test_guessing_is_slowed_down_by_address(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        assert api.ask("GET", "/v1/calls").status_code == 401
        api.now += 10
    caplog.clear()
    answer = api.get("/v1/calls")  # the right token, and a lucky guess as far as we know
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "30"
    assert caplog.messages == []
    assert api.ask("GET", "/v1/calls", BEARER, peer="192.0.2.2").status_code == 200
    assert api.ask("GET", "/live").status_code == 200
    api.now += 30
    assert api.get("/v1/calls").status_code == 200


def test_what_is_remembered_is_bounded() -> None:
    gate = Gate(TOKEN, 1, lambda: 0.0)
    logging.getLogger("ivr.control").disabled = True
    try:
        for number in range(3 * REMEMBERED):
            with pytest.raises(Problem):
                gate.check(f"10.0.{number // 256}.{number % 256}", "")
    finally:
        logging.getLogger("ivr.control").disabled = False
    assert len(gate._failed) == REMEMBERED
