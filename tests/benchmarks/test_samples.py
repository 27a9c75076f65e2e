"""The benchmark of the samples tells the engine what their stories do."""

from benchmarks.samples import SEEN, calls_of, feed, stories
from ivr.engine.events import Offered


def test_what_is_fed_is_what_a_story_told() -> None:
    _, flow, path, (first, *_) = next(stories())
    facts = calls_of(first, flow, path)
    assert isinstance(facts[0][0], Offered) and SEEN[0].ended
    feed(flow, SEEN[0].call.secrets, [facts])
