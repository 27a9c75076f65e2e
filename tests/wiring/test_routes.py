"""Which flow takes which call."""

from ivr import Flow
from ivr.engine.events import Offered
from ivr.routes import Routes

FLOWS = {name: Flow(name, start="x") for name in ("all", "exact", "short", "long", "starred")}
ROUTES = Routes(
    {"*": FLOWS["all"], "49*": FLOWS["short"], "4930*": FLOWS["long"], "4930": FLOWS["exact"]}
)


def found(routes: Routes, dialled: str) -> Flow | None:
    return routes.take(Offered("alice", dialled)).flow


def test_exact_beats_prefix() -> None:
    assert found(ROUTES, "4930") is FLOWS["exact"]


def test_the_longest_prefix_wins() -> None:
    assert found(ROUTES, "49301") is FLOWS["long"]
    assert found(ROUTES, "4911") is FLOWS["short"]


def test_a_flow_is_found_by_its_name() -> None:
    further = Flow("survey", start="x")
    routes = Routes({"100": FLOWS["exact"]}, [further])
    assert routes.named("survey") is further and routes.named("exact") is FLOWS["exact"]
    assert routes.named("all") is None and found(routes, "survey") is None
    assert routes.names == ["exact", "survey"]


def test_the_star_takes_the_rest() -> None:
    assert found(ROUTES, "anybody") is FLOWS["all"]
    assert found(ROUTES, "") is FLOWS["all"]


def test_without_a_star_there_may_be_nobody() -> None:
    assert found(Routes({"100": FLOWS["exact"]}), "101") is None
