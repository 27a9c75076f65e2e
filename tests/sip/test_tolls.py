"""What calls out may cost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.errors import SettingsError
from ivr.sip.settings import LineSettings
from ivr.sip.tolls import HOUR, ROWS, TICK, Ledger, Tolls

Deed = tuple[int, int, int, int]  # row, seconds since the last, calls, milliseconds

deeds = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.one_of(st.integers(0, 90), st.integers(0, 4000), st.integers(-600, 0)),
        st.integers(0, 2),
        st.integers(0, 100_000),
    ),
    max_size=40,
)


@given(deeds, st.integers(0, 3 * HOUR * 60))
def test_the_ledger_against_a_list(done: list[Deed], later: int) -> None:
    """What is told is the sum of what was done in the last sixty minutes, by whomever."""
    ledgers = shared(3)
    wall = 1_800_000_000
    newest: dict[tuple[int, int], int] = {}  # (row, place): the minute that has it
    told: dict[tuple[int, int], list[int]] = {}
    for row, passed, calls, milliseconds in done:
        wall += passed
        key, minute = (row, wall // 60 % HOUR), wall // 60
        if calls or milliseconds:
            if newest.get(key) != minute:
                newest[key], told[key] = minute, [0, 0]
            told[key][0] += calls
            told[key][1] += milliseconds
        for _ in range(calls):
            ledgers[row].began(wall)
        if milliseconds:
            ledgers[row].talked(milliseconds, wall)
    wall += later
    recent = [told[key] for key, minute in newest.items() if abs(wall // 60 - minute) < HOUR]
    expected = sum(c for c, _ in recent), sum(m for _, m in recent) / 60_000
    for ledger in ledgers:
        assert ledger.last_hour(wall) == expected


def shared(count: int) -> list[Ledger]:
    """Ledgers of several workers, over the same memory."""
    ledgers = [Ledger(None, row) for row in range(count)]
    for ledger in ledgers:
        ledger._numbers = ledgers[0]._numbers
    return ledgers


def test_a_ledger_outlives_its_process_and_is_read_by_others(tmp_path: Path) -> None:
    file, wall = tmp_path / "run/calls-out", 1_800_000_000.0
    Ledger(file, 5060).began(wall)
    Ledger(file, 5060).talked(90_000, wall + 61)
    Ledger(file, 5060 + ROWS - 1).began(wall + 120)
    assert Ledger(file, 6000).last_hour(wall + 180) == (2, 1.5)
    assert Ledger(file, 6000).last_hour(wall + 3600) == (1, 1.5)
    assert Ledger(file, 6000).last_hour(wall + 7200) == (0, 0)


def test_a_ledger_that_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "run").write_text("a file")
    ledger = Ledger(tmp_path / "run/calls-out", 1)
    ledger.began(1_800_000_000)
    assert ledger.last_hour(1_800_000_000) == (1, 0)
    assert "counted by each worker alone" in caplog.text


class Till:
    """Tolls with a clock that a test moves."""

    def __init__(self, tmp_path: Path, port: int = 5060, **settings: object) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []
        here = LineSettings(tmp_path, port=port, ledger=tmp_path / "calls-out", **settings)  # type: ignore[arg-type]
        self.tolls = Tolls(here, self._later, lambda: self.now, lambda: 1_800_000_000 + self.now)
        self.tolls.open()

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        self.timers.append((self.now + seconds, action))

    def passes(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [timer for timer in self.timers if timer[0] <= end]:
            first = min(due, key=lambda timer: timer[0])
            self.timers.remove(first)
            self.now = first[0]
            first[1]()
        self.now = end

    def refuses(self, uri: str = "sip:1@127.0.0.1") -> str:
        return self.tolls.refuses(uri, "call-1")


def test_the_log_says_what_to_write(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    till = Till(tmp_path, may_call=("6XX@pbx.example",))
    assert till.refuses("sip:601@pbx.example") == ""
    assert till.refuses("sip:701@pbx.example") == "not_allowed"
    assert "call call-1: sip:701@pbx.example" in caplog.text
    assert "add 701@pbx.example (pbx.example: any number there) to calls_out.allow" in caplog.text


def test_a_line_may_call_its_own_address_unless_it_is_told_whom(tmp_path: Path) -> None:
    till = Till(tmp_path, address="0.0.0.0", public_address="192.0.2.1")
    assert till.refuses("sip:1@192.0.2.1") == ""
    assert till.refuses("sip:1@0.0.0.0") == "not_allowed"
    assert Till(tmp_path, may_call=("pbx.example",)).refuses() == "not_allowed"


def test_an_entry_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"calls_out\.allow: .*expected a host"):
        Till(tmp_path, may_call=("*",))


def test_so_many_calls_in_an_hour(tmp_path: Path) -> None:
    one = Till(tmp_path, calls_per_hour=2)
    other = Till(tmp_path, port=5061, calls_per_hour=2)
    one.tolls.began(1)
    assert other.refuses() == ""
    other.tolls.began(1)
    assert one.refuses() == other.refuses() == "too_many_calls"
    one.passes(HOUR * 60)
    assert one.refuses() == ""
    assert Till(tmp_path, calls_per_hour=0).refuses() == "too_many_calls"


def test_so_many_minutes_in_an_hour(tmp_path: Path) -> None:
    till = Till(tmp_path, minutes_per_hour=2)
    other = Till(tmp_path, port=5061, minutes_per_hour=2)
    till.tolls.began(1)
    till.passes(300)  # it rings
    assert till.refuses() == ""
    till.tolls.answered(1)
    till.tolls.answered(1)  # again, after a re-INVITE
    till.passes(119)
    assert till.refuses() == ""
    till.passes(1.1)
    assert till.refuses() == "too_many_minutes"
    till.passes(TICK)
    other.now = till.now
    assert other.refuses() == "too_many_minutes", "what is still being talked is known to all"
    till.tolls.ended(1)
    till.passes(2 * HOUR * 60)
    assert till.refuses() == ""
    assert not till.timers, "nothing is counted while nobody talks"


def test_callers_are_not_counted(tmp_path: Path) -> None:
    till = Till(tmp_path, minutes_per_hour=0, calls_per_hour=1)
    till.tolls.answered(7)
    till.tolls.ended(7)
    assert not till.timers
