"""When an account registers again, in virtual time."""

from __future__ import annotations

import pytest

from ivr.sip.retry import FIRST, LONGEST, LONGEST_ASKED, RARELY, Retry, retry_after


def least() -> Retry:
    return Retry(lambda: 0.0)


def most() -> Retry:
    return Retry(lambda: 1.0)


@pytest.mark.parametrize("granted", [1, 10, 60, 3600])
def test_a_renewal_leaves_time_for_failures(granted: int) -> None:
    assert least().granted(granted) == pytest.approx(0.7 * granted)
    assert most().granted(granted) == pytest.approx(0.8 * granted)


def test_what_is_granted_for_no_time_is_not_renewed_all_the_time() -> None:
    assert least().granted(0) > 0.5


def test_failures_double_the_wait_up_to_a_limit() -> None:
    waits, retry = [], most()
    for _ in range(10):
        waits.append(retry.failed(503))
    assert waits[:4] == [FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST]
    assert waits[-1] == LONGEST and sorted(waits) == waits


def test_the_same_registrar_is_not_asked_by_all_at_once() -> None:
    assert least().failed(408) == FIRST / 2
    assert most().failed(408) == FIRST


def test_a_success_forgets_the_failures() -> None:
    retry = most()
    retry.failed(500)
    retry.failed(500)
    retry.granted(60)
    assert retry.failed(500) == FIRST


@pytest.mark.parametrize("code", [401, 403, 404, 407])
def test_who_is_refused_asks_rarely(code: int) -> None:
    assert least().failed(code) == RARELY
    assert least().failed(code, 1.0) == RARELY


@pytest.mark.parametrize("code", [302, 408, 480, 500, 503])
def test_a_registrar_says_when_to_come_again(code: int) -> None:
    assert least().failed(code, 30.0) == 30.0
    assert 30.0 < most().failed(code, 30.0) <= 33.0
    assert least().failed(code, 1e12) == LONGEST_ASKED


def test_a_thousand_failures_are_nothing_special() -> None:
    retry = most()
    assert {retry.failed(0) for _ in range(3000)} >= {LONGEST}


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 120", 120),
        ("retry-after:  5 (in a meeting);duration=3600", 5),
        ("Retry-After: soon", 0),
        ("Retry-After: -3", 0),
        ("Retry-After: 99999999999999999999", 0),
        ("X-Other: 1", 0),
    ],
)
def test_what_a_registrar_says(header: str, seconds: float) -> None:
    assert retry_after(f"SIP/2.0 503 Busy\r\n{header}\r\n\r\n") == seconds
    assert retry_after("") == 0
