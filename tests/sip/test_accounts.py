"""Accounts at a registrar that is Kamailio."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.engine.errors import SettingsError
from ivr.sip import phone
from ivr.sip.accounts import MOST, LineAccount
from ivr.sip.check import require_usable
from ivr.sip.settings import LineSettings

from ..ports import free_port
from .office import Office
from .peer import Peer
from .provider import DOMAIN, SECRET, Provider

pytestmark = pytest.mark.line


def at(provider: Provider, user: str, **changed: object) -> LineAccount:
    account = LineAccount(user, provider.uri, user, DOMAIN, SECRET, expires=3)
    return replace(account, **changed)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    made = Provider(tmp_path_factory.mktemp("provider"), free_port()).start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def office(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Accounts that the provider treats each in its way."""
    wrong = at(provider, "wrong", secret="looking-glass")
    silent = at(provider, "silent", register=False)
    users = [at(provider, user) for user in ("alice", "barred", "busy", "brief", "moved")]
    made = Office(tmp_path_factory.mktemp("office"), *users, wrong, silent)
    made.do("keep")
    yield made
    made.end()


@pytest.fixture
def settle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Office]]:
    """Makes offices of a test's own, which wait at their end until the provider has agreed."""
    monkeypatch.setattr(phone, "GOODBYE", 15.0)
    made: list[Office] = []

    def make(*accounts: LineAccount, t1: int = 200) -> Office:
        made.append(Office(tmp_path, *accounts, t1=t1))
        return made[-1]

    yield make
    for each in made:
        each.end()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Callable[[str], Provider]]:
    """Makes another provider, with digests of an algorithm."""
    made: list[Provider] = []

    def make(algorithm: str) -> Provider:
        made.append(Provider(tmp_path / "other", free_port(), algorithm).start())
        return made[-1]

    yield make
    for each in made:
        each.stop()


def test_it_registers_and_renews(provider: Provider, office: Office) -> None:
    state = office.becomes("alice", "registered")
    assert state["code"] == 200 and state["until"] == pytest.approx(state["at"] + 3, abs=1)
    assert state["registrar"] == provider.uri
    [seen, *_] = [seen for seen in provider.saw("alice") if seen.authorized]
    assert seen.contact == f"<sip:alice@127.0.0.1:{office.settings.port}>"
    office.expect(lambda: office.state("alice")["until"] > state["until"] + 1, "it is renewed")
    assert set(office.states("alice")) <= {"idle", "trying", "registered"}


def test_a_call_comes_to_the_account(provider: Provider, office: Office) -> None:
    office.becomes("alice", "registered")
    caller = Peer(provider.port)
    call = caller.call("alice", from_header="<sip:caller@127.0.0.1>")
    caller.expect(lambda: call.up, "the call is answered")
    office.expect(lambda: {"offered": "alice"} in office.told, "the call is told")
    call.bye()
    caller.expect(lambda: call.final("BYE"), "the BYE is answered")
    caller.close()


def test_a_wrong_password_is_not_tried_again_at_once(provider: Provider, office: Office) -> None:
    state = office.becomes("wrong", "refused")
    assert state["code"] == 401 and state["until"] == 0
    office.expect(lambda: len(provider.saw("busy")) > 2, "time passes")
    assert [seen.authorized for seen in provider.saw("wrong")] == [False, True]
    assert office.told.count({"failed": "wrong"}) == 1


def test_who_is_forbidden_is_refused(provider: Provider, office: Office) -> None:
    assert office.becomes("barred", "refused")["code"] == 403
    assert len(provider.saw("barred")) == 1


def test_a_busy_registrar_says_when(provider: Provider, office: Office) -> None:
    office.becomes("busy", "registered")
    states = [told for told in office.told if told.get("account") == "busy"]
    [first] = [told for told in states if told["state"] == "failing"]
    assert (first["code"], first["reason"]) == (503, "Busy")
    then = next(told for told in states if told["state"] == "registered")
    assert 1.9 < then["since"] - first["since"] < 4


def test_a_registrar_wants_longer_registrations(provider: Provider, office: Office) -> None:
    state = office.becomes("brief", "registered")
    assert state["until"] == pytest.approx(state["at"] + 9, abs=1)
    assert [seen.expires for seen in provider.saw("brief")][:2] == [3, 9]


def test_a_redirect_is_a_failure(provider: Provider, office: Office) -> None:
    assert office.becomes("moved", "failing")["code"] == 302


def test_who_only_calls_does_not_register(provider: Provider, office: Office) -> None:
    office.becomes("alice", "registered")
    assert provider.saw("silent") == [] and office.states("silent") == []


def test_sha_256(other: Callable[[str], Provider], settle: Callable[..., Office]) -> None:
    provider = other("SHA-256")
    office = settle(at(provider, "alice"))
    office.do("keep")
    office.becomes("alice", "registered")


def test_a_registrar_that_goes_and_comes_back(
    other: Callable[[str], Provider], settle: Callable[..., Office]
) -> None:
    provider = other("MD5")
    office = settle(at(provider, "alice", expires=1), t1=20)
    office.do("keep")
    first = office.becomes("alice", "registered")
    provider.stop()
    lost = office.becomes("alice", "failing")
    assert lost["code"] == 0 and "Timeout" in lost["reason"] and lost["since"] > first["since"]
    provider.start()
    office.becomes("alice", "registered")


def test_by_tcp(other: Callable[[str], Provider], settle: Callable[..., Office]) -> None:
    """A registrar that was restarted can still call: our Contact is none of a connection."""
    provider = other("MD5")
    office = settle(at(provider, "alice", registrar=provider.by("tcp"), expires=7))
    office.do("keep")
    office.becomes("alice", "registered")
    provider.stop()
    provider.start()
    office.expect(lambda: len(provider.saw("alice")) == 4, "it is renewed on a new connection")
    ours = f"<sip:alice@127.0.0.1:{office.settings.port};transport=TCP>"
    assert {seen.contact for seen in provider.saw("alice")} == {ours}
    assert len({seen.by for seen in provider.saw("alice")}) == 2
    office.becomes("alice", "registered")
    caller = Peer(provider.port)
    call = caller.call("alice", from_header="<sip:caller@127.0.0.1>")
    caller.expect(lambda: call.up, "the call is answered")
    call.bye()
    caller.expect(lambda: call.final("BYE"), "the BYE is answered")
    caller.close()


def test_a_call_out_by_a_proxy_over_tcp(provider: Provider, settle: Callable[..., Office]) -> None:
    proxy = f"{provider.by('tcp')};lr"
    office = settle(at(provider, "grace", proxy=proxy, register=False))
    callee = Peer(provider.port)
    callee.answer = lambda dialog: dialog.accept()
    office.do("dial", "grace", f"sip:601@127.0.0.1:{callee.port}")
    callee.expect(lambda: callee.dialogs, "the call comes")
    [there] = callee.dialogs.values()
    callee.expect(lambda: there.got("ACK"), "the ACK comes")
    assert there.incoming and "SIP/2.0/TCP" in there.incoming.headers["via"][1]
    office.expect(lambda: {"call": 200} in office.told, "the call is confirmed")
    callee.close()


def test_at_its_end_it_unregisters(provider: Provider, settle: Callable[..., Office]) -> None:
    office = settle(at(provider, "carol", expires=60))
    office.do("keep")
    office.becomes("carol", "registered")
    office.end()
    assert provider.saw("carol")[-1].expires == 0
    caller = Peer(provider.port)
    call = caller.call("carol", from_header="<sip:caller@127.0.0.1>")
    caller.expect(lambda: call.final(), "an answer")
    final = call.final()
    assert final and final.code == 404
    caller.close()


def test_what_is_left_is_neither_renewed_nor_taken_back(
    provider: Provider, settle: Callable[..., Office]
) -> None:
    """Somebody else has it now; the stack alone would renew it after 5 s."""
    office = settle(at(provider, "dave", expires=7))
    office.do("keep")
    office.becomes("dave", "registered")
    before = len(provider.saw("dave"))
    office.do("leave")
    left = office.becomes("dave", "idle")["at"]
    office.expect(lambda: time.time() > left + 6, "it would have been renewed")
    office.end()
    assert len(provider.saw("dave")) == before


def test_who_left_may_keep_it_again(provider: Provider, settle: Callable[..., Office]) -> None:
    office = settle(at(provider, "frank", expires=60))
    office.do("keep")
    office.becomes("frank", "registered")
    office.do("leave")
    office.becomes("frank", "idle")
    office.do("keep")
    office.becomes("frank", "registered")
    office.end()
    assert provider.saw("frank")[-1].expires == 0


def test_a_call_out_by_the_proxy_of_an_account(
    provider: Provider, settle: Callable[..., Office]
) -> None:
    """Which challenges it with 407."""
    proxy, caller_id = f"{provider.uri};lr", "+4930123456"
    office = settle(at(provider, "erin", proxy=proxy, register=False, caller_id=caller_id))
    callee = Peer(provider.port)
    callee.answer = lambda dialog: dialog.accept()
    office.do("dial", "erin", f"sip:601@127.0.0.1:{callee.port}")
    callee.expect(lambda: callee.dialogs, "the call comes")
    [there] = callee.dialogs.values()
    callee.expect(lambda: there.got("ACK"), "the ACK comes")
    assert there.incoming and f"{caller_id}@{DOMAIN}" in there.incoming.header("from")
    found = re.findall(rf"call from=\{caller_id} .* auth=(\S+) (id=\S+)", provider.text)
    challenged = [auth for auth, _ in dict.fromkeys(found)]  # each INVITE may come twice
    assert challenged == ["<null>", f"sip:601@127.0.0.1:{callee.port}"]
    office.expect(lambda: {"call": 200} in office.told, "the call is confirmed")
    callee.close()


def test_more_accounts_than_the_stack_holds(tmp_path: Path) -> None:
    many = tuple(
        LineAccount(f"a{number}", "sip:127.0.0.1:9", "a", DOMAIN, "") for number in range(MOST + 1)
    )
    settings = LineSettings(tmp_path, port=free_port(), accounts=many)
    with pytest.raises(SettingsError, match="8 are set; at most 7"):
        require_usable(settings)
    require_usable(replace(settings, accounts=many[1:]))
