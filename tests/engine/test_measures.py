"""What is measured is agreed on in one place: names, labels, and how long a row is."""

import pytest

from ivr.engine.measures import ANSWER, MEASURES, OFFERED, Measure


def test_names_are_given_once() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_buckets_rise(measure: Measure) -> None:
    assert list(measure.bounds) == sorted(set(measure.bounds))


def test_a_row_has_room_for_the_sum_and_the_endless_bucket() -> None:
    assert OFFERED.width == 1
    assert ANSWER.width == len(ANSWER.bounds) + 2
