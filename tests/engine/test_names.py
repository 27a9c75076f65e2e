"""What texts and conditions know of a call without having asked."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import Text
from ivr.engine.events import Answered, Offered
from ivr.engine.flow import END, Flow
from ivr.engine.house import House
from ivr.engine.templates import evaluate, render
from ivr.engine.verb import Result
from ivr.engine.verbs import call_flow, say, set_variables

from .driver import Driver

BERLIN = ZoneInfo("Europe/Berlin")
WALL = datetime(2026, 11, 20, 22, 30, tzinfo=UTC).timestamp()


def offered(flow: Flow, **fields: object) -> Driver:
    @flow.state(done=END)
    async def only(call: Call) -> str:
        return (await say(call, Text("Hello"))).outcome

    phone = Driver(flow=flow)
    phone.take(Offered("alice", "100", WALL, **fields))  # type: ignore[arg-type]
    return phone


def flow_of(language: str = "", house: House | None = None, zone: ZoneInfo | None = None) -> Flow:
    flow = Flow("f", start="only", language=language)
    flow.zone, flow.house = zone, house or House()
    return flow


def test_a_call_has_its_headers_and_its_direction() -> None:
    phone = offered(flow_of(), headers={"x-account": "4711"}, caller_lists=("vip",))
    text = phone.call.text
    assert text("{{ headers['x-account'] }} {{ direction }}") == "4711 in"
    assert text("{{ headers['x-none'] | default('none') }}") == "none"
    assert phone.call.evaluate("'vip' in caller_lists") is True
    assert phone.call.evaluate("'blocked' in caller_lists") is False


@pytest.mark.parametrize(
    ("flow", "hour", "weekday"),
    [
        (flow_of(), 22, "Fri"),
        (flow_of(house=House(zone=BERLIN)), 23, "Fri"),
        (flow_of(zone=ZoneInfo("Asia/Tokyo"), house=House(zone=BERLIN)), 7, "Sat"),
    ],
)
def test_now_is_on_the_clocks_of_the_flow(flow: Flow, hour: int, weekday: str) -> None:
    call = offered(flow).call
    assert call.evaluate("now.hour") == hour and call.evaluate("now.weekday") == weekday
    assert call.evaluate("now.year * 100 + now.month") == 202611
    assert call.evaluate(f"now.weekday in ['{weekday}', 'Sun'] and now.minute == 30") is True


@pytest.mark.parametrize(
    ("flow", "offer", "language"),
    [
        (flow_of("fr", House("de")), "pl", "fr"),
        (flow_of(house=House("de")), "pl", "pl"),
        (flow_of(house=House("de")), "", "de"),
        (flow_of(), "", ""),
    ],
)
def test_the_language_is_the_flows_or_the_callers_or_the_houses(
    flow: Flow, offer: str, language: str
) -> None:
    assert offered(flow, language=offer).call.text("{{ language }}") == language


def test_a_call_may_go_on_in_another_language() -> None:
    async def switch(call: Call) -> Result:
        await set_variables(call, language="'de'")
        return await say(call, Text("{{ 21 | number }}"))

    phone = Driver(switch)
    phone.take(Offered("alice", "100"))
    phone.take(Answered())
    assert phone.playing and phone.playing.language == "de"
    assert phone.playing.prompts == (Text("einundzwanzig"),)


@pytest.mark.parametrize("value", ["5", "''", "'../../../etc'", "'Deutsch'"])
def test_what_is_no_language_changes_nothing(value: str) -> None:
    phone = Driver(lambda call: set_variables(call, language=value))
    phone.take(Offered("alice", "100", language="fr"))
    phone.take(Answered())
    assert phone.call.language == "fr"


def test_a_language_is_kept_into_a_flow_that_is_called_and_out_of_it() -> None:
    seen: list[str] = []
    flow = Flow("choose", start="only", outcomes=("done",))

    @flow.state(done="done")
    async def only(call: Call) -> str:
        seen.append(call.language)
        await set_variables(call, language="'pl'")
        return "done"

    async def walk(call: Call) -> Result:
        await set_variables(call, language="'de'")
        del call.vars["language"]
        call.given_language = "de"
        return await call_flow(call, flow)

    phone = Driver(walk)
    phone.take(Offered("alice", "100"))
    phone.take(Answered())
    assert seen == ["de"] and phone.call.language == "pl"


def test_answers_of_other_systems_are_lists_and_names() -> None:
    names = {"reply": {"rows": [{"name": "Ada", "items": 2}, {"name": "Bob"}], "total": 2}}
    for source, value in {
        "reply.total": 2,
        "reply.rows | length": 2,
        "reply.rows[1].name": "Bob",
        "reply['rows'][0]['items']": 2,
        "(reply.rows | first).name": "Ada",
        "(reply.rows | last).name": "Bob",
        "reply.rows[1].items | default(0)": 0,
        "reply.rows[7] | default('nobody')": "nobody",
    }.items():
        assert evaluate(source, names) == value, source
    assert render("{{ [reply.rows[0].name, 'Bob'] | list }}", names) == "Ada and Bob"
