"""Callers and numbers: one spelling, lists, languages, shares."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ivr.cli.app import app
from ivr.engine.errors import LoadError
from ivr.engine.events import Offered
from ivr.engine.flow import Flow
from ivr.project import load_project
from ivr.routes import CallerList, Routes, Split, refusing
from ivr.routes.numbers import Numbers, Table, is_anonymous
from ivr.testing import SimulatedCall

FLOWS = {name: Flow(name, start="x") for name in ("all", "berlin", "vip", "a", "b", "c")}
ALL, BERLIN, VIP = FLOWS["all"], FLOWS["berlin"], FLOWS["vip"]
GERMANY = Numbers("DE")


@pytest.mark.parametrize(
    ("number", "normal"),
    [
        ("+4930123456", "+4930123456"),
        ("004930123456", "+4930123456"),
        ("030123456", "+4930123456"),
        ("(030) 123-456", "+4930123456"),
        ("+33142685300", "+33142685300"),
        ("100", "100"),
        ("112", "112"),
        ("0", "0"),
        ("*21#", "*21#"),
        ("alice", "alice"),
        ("", ""),
        ("+999", "+999"),
        ("+49" + "1" * 40, "+49" + "1" * 40),
    ],
)
def test_a_number_has_one_spelling(number: str, normal: str) -> None:
    assert GERMANY.normal(number) == normal
    assert Numbers().normal(number) == number


def test_countries_differ() -> None:
    assert Numbers("US").normal("2025550123") == "+12025550123"
    assert Numbers("US").normal("01149301234567") == "+49301234567"
    assert Numbers("IT").normal("0669812345") == "+390669812345"
    assert Numbers("IT").prefix("06") == "06"


@pytest.mark.parametrize(
    ("start", "normal"),
    [("030", "+4930"), ("0049", "+49"), ("+49", "+49"), ("1", "1"), ("", "")],
)
def test_the_start_of_a_number_has_one_spelling_too(start: str, normal: str) -> None:
    assert GERMANY.prefix(start) == normal
    assert Numbers().prefix(start) == start


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_caller_has_a_spelling_that_stays(caller: str) -> None:
    once = GERMANY.normal(caller)
    assert GERMANY.normal(once) == once


@settings(deadline=None)
@given(
    st.dictionaries(st.text("0123", max_size=4), st.booleans(), min_size=1),
    st.text("0123", max_size=6),
)
def test_the_longest_prefix_wins(starts: dict[str, bool], number: str) -> None:
    table = Table({f"{start}*": start for start in starts}, Numbers())
    fitting = [start for start in starts if number.startswith(start)]
    found = table.find(number)
    assert (found[1] if found else None) == max(fitting, key=len, default=None)


@pytest.mark.parametrize("dialled", ["+4930123456", "004930123456", "030123456"])
def test_each_spelling_takes_the_same_route(dialled: str) -> None:
    for pattern in ("030123456", "+4930*", "030*", "0049*"):
        routes = Routes({"*": ALL, pattern: BERLIN}, country="DE")
        assert routes.take(Offered("alice", dialled)).flow is BERLIN, pattern
    routes = Routes({"100": BERLIN, "*": ALL}, country="DE")
    assert routes.take(Offered("alice", "100")).flow is BERLIN


@pytest.mark.parametrize("caller", ["", "anonymous", "Anonymous.invalid", "unavailable"])
def test_who_hides_his_number_is_anonymous(caller: str) -> None:
    assert is_anonymous(caller) and not is_anonymous("alice") and not is_anonymous("+4930")


def listed(*lists: CallerList, caller: str) -> tuple[Flow | None, tuple[str, ...]]:
    route = Routes({"*": ALL}, country="DE", callers=lists).take(Offered(caller, "100"))
    return route.flow, route.offer.caller_lists


def test_the_first_list_that_does_something_decides() -> None:
    refuse = refusing("refuse", "blocked")
    friends = CallerList("friends", ("+4930*", "0151123456"))
    allowed = CallerList("allowed", ("+4930123456",), allow=True)
    blocked = CallerList("blocked", ("+49*", "anonymous"), refuse)
    vip = CallerList("vip", ("+4940*",), VIP)
    lists = (friends, allowed, vip, blocked)
    assert listed(*lists, caller="030123456") == (ALL, ("friends", "allowed", "blocked"))
    assert listed(*lists, caller="004940999999") == (VIP, ("vip", "blocked"))
    assert listed(*lists, caller="+49301111") == (refuse, ("friends", "blocked"))
    assert listed(*lists, caller="anonymous") == (refuse, ("blocked",))
    assert listed(*lists, caller="+33142685300") == (ALL, ())
    assert listed(caller="anonymous") == (ALL, ())


def test_a_star_is_everybody() -> None:
    everybody = CallerList("others", ("*",), refusing("others", "declined"))
    for caller in ("anonymous", "", "+4930123456", "alice"):
        assert listed(everybody, caller=caller)[1] == ("others",)


def test_languages_go_by_number() -> None:
    routes = Routes(
        {"*": ALL},
        country="DE",
        languages={"+49": "de", "+4871*": "pl", "*": "en"},
        dialled_languages={"0800": "fr"},
    )
    for caller, dialled, language in (
        ("030123456", "100", "de"),
        ("+48711234567", "100", "pl"),
        ("+4930123456", "0800123456", "fr"),
        ("alice", "100", "en"),
    ):
        assert routes.take(Offered(caller, dialled)).offer.language == language
    assert Routes({"*": ALL}).take(Offered("+4930", "100")).offer.language == ""


callers = st.text("0123456789", min_size=1, max_size=12)
weights = st.lists(st.integers(1, 99), min_size=3, max_size=3)


@settings(deadline=None)
@given(weights, callers)
def test_a_caller_always_gets_the_same_flow(shares: list[int], caller: str) -> None:
    split = dict(zip((FLOWS["a"], FLOWS["b"], FLOWS["c"]), shares, strict=True))
    assert Split(split).flow_for(caller) is Split(dict(split)).flow_for(caller)


@settings(deadline=None)
@given(st.integers(1, 98), st.integers(0, 98), callers)
def test_a_smaller_share_takes_nobody_from_elsewhere(share: int, less: int, caller: str) -> None:
    before = Split({FLOWS["a"]: share, FLOWS["b"]: 100 - share})
    smaller = max(1, share - less)
    after = Split({FLOWS["a"]: smaller, FLOWS["b"]: 100 - smaller})
    if before.flow_for(caller) is FLOWS["b"]:
        assert after.flow_for(caller) is FLOWS["b"]


def test_callers_are_divided_by_weight() -> None:
    split = Split({FLOWS["a"]: 90, FLOWS["b"]: 10})
    taken = sum(split.flow_for(f"+49301{n:06}") is FLOWS["b"] for n in range(2000))
    assert 150 < taken < 250


def test_all_spellings_of_a_caller_get_the_same_share() -> None:
    routes = Routes({"*": Split({FLOWS["a"]: 1, FLOWS["b"]: 1})}, country="DE")
    for n in range(50):
        flows = {
            routes.take(Offered(start + f"30{n:06}", "1")).flow for start in ("+49", "0049", "0")
        }
        assert len(flows) == 1


@pytest.mark.parametrize("caller", ["", "anonymous", "Anonymous.invalid"])
def test_who_hides_his_number_is_divided_anew_with_each_call(caller: str) -> None:
    routes = Routes({"*": Split({FLOWS["a"]: 1, FLOWS["b"]: 1})})
    taken = [routes.take(Offered(caller, "1", wall=1e9 + n)).flow for n in range(200)]
    assert 70 < taken.count(FLOWS["a"]) < 130


# From ivr.yaml.

FLOW = """\
ivr: 1
flow: {name}
start: a
states:
  a:
    do: [answer, {{say: hello}}, hang_up]
"""
SETTINGS = """\
country: DE
language: de
routes:
  "100": {menu_a.yaml: 50, menu_b.yaml: 50}
  "030*": berlin.yaml
callers:
  friends: friends.txt
  partners: ["+4940*"]
  vip: {numbers: "0401234567", flow: vip.yaml}
  blocked: {numbers: [anonymous, blocked.txt], reject: declined}
languages: {callers: {"+33": fr}}
statuses: {declined: 607}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("menu_a", "menu_b", "berlin", "vip"):
        (tmp_path / f"{name}.yaml").write_text(FLOW.format(name=name))
    (tmp_path / "prompts").mkdir()
    for language in ("de", "fr"):
        (tmp_path / f"prompts/{language}.yaml").write_text("hello: Hello.\nsorry: Sorry.\n")
    (tmp_path / "friends.txt").write_text("# ours\n\n+49 30 123-456  # Ada\n")
    (tmp_path / "blocked.txt").write_text("+49900*\n")
    (tmp_path / "ivr.yaml").write_text(SETTINGS)
    return tmp_path / "ivr.yaml"


def test_settings_say_who_gets_where(project: Path) -> None:
    loaded = load_project(project)
    routes = loaded.routes
    assert {flow.name for flow in loaded.every_flow} >= {"menu_a", "menu_b", "berlin", "vip"}
    friend = routes.take(Offered("030123456", "+4930999999"))
    assert friend.flow and friend.flow.name == "berlin"
    assert friend.offer.caller_lists == ("friends",)
    vip = routes.take(Offered("+49401234567", "nobody"))
    assert vip.flow and vip.flow.name == "vip"
    blocked = routes.take(Offered("0900123456", "100")).flow
    assert blocked
    SimulatedCall(blocked, dialled="100").is_rejected_with(607)
    assert routes.take(Offered("+33142685300", "100")).offer.language == "fr"
    assert routes.take(Offered("+4930123456", "200")).flow is None


def test_the_command_tells_why(project: Path) -> None:
    run = CliRunner().invoke
    told = run(app, ["routes", "030999999", "--caller", "030123456", "-s", str(project)])
    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        "030123456 is on the list friends",
        "030999999 fits the route 030*",
        f"-> berlin ({project.parent / 'berlin.yaml'})",
    ]
    as_called = run(app, ["routes", "sip:030999999@a", "--caller", "030123456", "-s", str(project)])
    assert as_called.stdout == told.stdout
    nobody = run(app, ["routes", "200", "--caller", "+33", "--json", "-s", str(project)])
    assert nobody.exit_code == 1 and '"no route fits 200"' in nobody.stdout
    shares = run(app, ["routes", "100", "--caller", "+33142685300", "-s", str(project)])
    assert "the caller's share of menu_a 50, menu_b 50 is menu_" in shares.stdout
    assert "+33142685300 fits the language of +33*: fr" in shares.stdout


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("menu_b.yaml: 50", "menu_b.yaml: 0", "the share of menu_b.yaml is '0'; expected 1 to"),
        ("{menu_a.yaml: 50, menu_b.yaml: 50}", "[]", "expected a flow file, or shares of several"),
        ("country: DE", "country: Germany", "expected a country by its code, such as DE"),
        ("reject: declined", "reject: never", "callers.blocked.reject"),
        ("reject: declined", "reject: closed, allow: yes", "expected one of reject and allow"),
        ("friends.txt", "enemies.txt", "callers.friends: cannot read"),
        ("{callers: {", "{callres: {", "unknown key 'callres'; did you mean 'callers'?"),
        ("fr}}", "French}}", "languages.callers.+33"),
        ("vip.yaml", "vap.yaml", "vap.yaml"),
    ],
)
def test_what_is_wrong_is_found_when_it_is_read(
    project: Path, old: str, new: str, fault: str
) -> None:
    project.write_text(project.read_text().replace(old, new))
    with pytest.raises(LoadError) as caught:
        load_project(project)
    assert fault in str(caught.value)


def test_a_file_of_numbers_has_numbers(project: Path) -> None:
    (project.parent / "blocked.txt").write_text("+49900*\nthat man\n")
    with pytest.raises(LoadError, match=r"blocked.txt:2: 'that man' is no number"):
        load_project(project)
    (project.parent / "blocked.txt").write_bytes(b"\xff")
    with pytest.raises(LoadError, match="it is no text"):
        load_project(project)
