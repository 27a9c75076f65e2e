"""From the settings to what Kamailio reads; nothing is started here."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.cli.front import run
from ivr.config import load_settings
from ivr.engine.errors import LoadError, SettingsError
from ivr.fleet.front import (
    Destination,
    FrontPlan,
    Peer,
    Tls,
    Workers,
    configuration,
    dispatcher_list,
    tls_configuration,
)
from ivr.fleet.front.program import readable, understand

ROUTES = 'routes: {"*": menu.yaml}\nfleet: {first_port: 15060}\n'
SMALL = FrontPlan("192.0.2.1", 5060, (Workers("127.0.0.1", 15060, 15062),))


def settings(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "ivr.yaml"
    path.write_text(ROUTES + text, encoding="utf-8")
    return path


def plan(tmp_path: Path, text: str) -> FrontPlan:
    return FrontPlan.of(load_settings(settings(tmp_path, text)), 6)


def test_settings(tmp_path: Path) -> None:
    (tmp_path / "users").write_text("alice: wonderland\nbob.1: '0815'\n", encoding="utf-8")
    made = plan(
        tmp_path,
        "sip: {address: 192.0.2.1, public_address: 203.0.113.1, tcp: no, retry_after: 9}\n"
        "front: {allow: [192.0.2.0/24, 198.51.100.1], users: users, domain: phones.example,\n"
        "  tls_certificate: cert.pem, tls_key: key.pem, calls_per_second: 7, offerless: yes}\n",
    )
    assert made.workers == (Workers("127.0.0.1", 15060, 15065),)
    assert made.allow == ("192.0.2.0/24", "198.51.100.1/32")
    assert made.users == {"alice": "wonderland", "bob.1": "0815"}
    assert made.tls == Tls(tmp_path / "cert.pem", tmp_path / "key.pem", 5061)
    assert (made.tcp, made.retry_after, made.offerless) == (False, 9, True)
    text = configuration(made)
    assert "listen=udp:192.0.2.1:5060 advertise 203.0.113.1:5060\n" in text
    assert "listen=tls:192.0.2.1:5061 advertise 203.0.113.1:5061\n" in text
    assert "listen=udp:127.0.0.1:5060\n" in text
    assert "src_ip == 192.0.2.0/24 || src_ip == 198.51.100.1/32" in text
    assert "wonderland" not in text and "disable_tcp" not in text
    assert "disable_tcp=yes" in configuration(plan(tmp_path, "sip: {tcp: no}\n"))


def test_accounts_by_tls(tmp_path: Path) -> None:
    account = "accounts: {trunk: {registrar: 'sip:h;transport=TLS', user: a}}\n"
    files = "front: {tls_certificate: c.pem, tls_key: k.pem, tls_authorities: ca.pem}\n"
    with pytest.raises(SettingsError, match=r"accounts\.trunk: .* set front\.tls_certificate"):
        plan(tmp_path, account)
    assert "verify" not in tls_configuration(plan(tmp_path, files))
    text = tls_configuration(plan(tmp_path, account + files))
    server, client = text.split("[client:default]")
    assert f"ca_list = {tmp_path}/ca.pem\nverify_certificate = yes\n" in client
    assert f"private_key = {tmp_path}/k.pem\n" in server and "verify" not in server
    assert tls_configuration(plan(tmp_path, "")) == ""


def test_where_callers_could_not_be_told_an_address(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"set sip\.public_address"):
        plan(tmp_path, "sip: {address: 0.0.0.0}\n")
    assert plan(tmp_path, "sip: {address: 0.0.0.0, public_address: 192.0.2.1}\n").address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{tls_key: key.pem}", "TLS needs both"),
        ("{allow: [nowhere]}", "nowhere"),
        ("{allow: [10.0.0.1/8]}", "has host bits set"),
        ("{domain: 'a b'}", "pattern"),
        ("{external: 192.0.2.1}", "pattern"),
        ("{colour: red}", "unknown key 'colour'"),
    ],
)
def test_settings_that_are_wrong(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(LoadError, match=expected):
        load_settings(settings(tmp_path, f"front: {text}\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alice\n", "expected lines such as"),
        ("alice:\n", "alice has no password"),
        ("alice: [a]\n", "alice has no password"),
        ("'al\"ice': x\n", "the name 'al\"ice'"),
        ("a: b: c\n", "users"),
        (None, "No such file"),
    ],
)
def test_users_that_are_wrong(tmp_path: Path, text: str | None, expected: str) -> None:
    if text is not None:
        (tmp_path / "users").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=expected):
        plan(tmp_path, "front: {users: users}\n")


def test_the_list_of_workers() -> None:
    workers = [
        Destination("sip:127.0.0.1:15060", "w0-a1", 4),
        Destination("sip:127.0.0.1:15061", "w1-b2", 3),
        Destination("sip:127.0.0.1:15062", "w2-c3", 0, uncertain=True),
    ]
    alone = "1 sip:127.0.0.1:15060 0 0 duid=w0-a1;maxload=4\n"
    alone += "1 sip:127.0.0.1:15061 0 0 duid=w1-b2;maxload=3\n"
    alone += "1 sip:127.0.0.1:15062 9 0 duid=w2-c3;maxload=0\n"
    assert dispatcher_list(workers, SMALL) == alone
    peers = replace(SMALL, peers=(Peer("10.0.0.2", 5060, 256),))
    assert dispatcher_list(workers, peers) == alone + (
        "2 sip:10.0.0.2:5060 0 0 duid=10.0.0.2:5060;maxload=256;socket=udp:192.0.2.1:5060\n"
    )


def test_a_secret_that_nobody_was_told() -> None:
    assert configuration(SMALL) != configuration(SMALL)
    assert configuration(SMALL, "told") == configuration(SMALL, "told")


@pytest.mark.parametrize(
    ("line", "level", "text"),
    [
        (" 0(7) ERROR: <core> [core/x.c:1]: main(): no port", logging.ERROR, "<core>: no port"),
        ("12(7) NOTICE: tm [t.c:2]: init(): hello", logging.INFO, "tm: hello"),
        (" 1(7) BUG: tm [t.c:2]: x(): what", logging.CRITICAL, "tm: what"),
        (" 1(7) ERROR: <script>: said", logging.ERROR, "<script>: said"),
        (" 1(7) ERROR: dispatcher [d.c:9]: f(): cannot find load for (x)", logging.DEBUG,
         "dispatcher: cannot find load for (x)"),
        ("Listening on", logging.DEBUG, "Listening on"),
    ],
)  # fmt: skip
def test_its_log(line: str, level: int, text: str) -> None:
    assert understand(line) == (level, text)


def test_what_is_wrong_in_its_log() -> None:
    assert readable([]) == "Kamailio does not say what is wrong"
    assert readable(["tm: no memory"]) == "tm: no memory"
    lack = "<core>: could not find module <tls> in </usr/lib/x>"
    assert "apt-get install kamailio kamailio-tls-modules" in readable(["x", lack])
    wrong = "<core>: parse error in config file /x/a.cfg, line 4, column 5-9: syntax error"
    assert readable(["x", wrong]) == "/x/a.cfg:4:5: syntax error"


def test_what_other_proxies_need(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = settings(tmp_path, "calls: 8\nfront: {calls_per_second: 21}\n")
    printed = {}
    for proxy in ("kamailio", "dispatcher", "opensips", "sbc"):
        run(file, proxy)
        printed[proxy] = capsys.readouterr().out
    assert printed["kamailio"].startswith("#!KAMAILIO\n")
    assert printed["dispatcher"].count("\n") == 6  # of two workers, for three versions
    assert printed["opensips"] == printed["sbc"]
    for word in ("X-IVR-Next", "127.0.0.1 ports 15060 to 15065", "more than 21 new calls"):
        assert word in printed["sbc"]
    with pytest.raises(SettingsError, match="kamailio, dispatcher, tls, opensips, sbc"):
        run(file, "asterisk")
