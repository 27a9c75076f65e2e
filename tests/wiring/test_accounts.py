"""Accounts in the settings, up to what the line gets of them."""

import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

from ivr.cli import doctor
from ivr.config import Settings, load_settings
from ivr.config.accounts import MOST
from ivr.engine.errors import LoadError, SettingsError
from ivr.fleet.place import accounts, line_settings
from ivr.sip import accounts as line

TRUNK = {"registrar": "sip:sip.example.com:5070", "user": "+4930123456", "secret_env": "A_SECRET"}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("A_SECRET", "wonderland")
    return tmp_path / "ivr.yaml"


def read(file: Path, **trunk: Any) -> Settings:
    text = {"routes": {"*": "a.yaml"}, "accounts": {"trunk": {**TRUNK, **trunk}}}
    file.write_text(yaml.dump(text))
    return load_settings(file)


def fault(file: Path, **trunk: Any) -> str:
    with pytest.raises(LoadError) as caught:
        read(file, **trunk)
    return str(caught.value)


def test_what_the_line_gets(file: Path) -> None:
    (account,) = line_settings(read(file, proxy="sip:proxy.example.com", register="no")).accounts
    assert (account.name, account.user, account.secret) == ("trunk", "+4930123456", "wonderland")
    assert account.registrar == "sip:sip.example.com:5070"
    assert account.aor == "sip:+4930123456@sip.example.com"  # the domain is the registrar's host
    assert account.proxy == "sip:proxy.example.com;lr"
    assert (account.register, account.expires) == (False, 600)
    assert account.uri_of() == "<sip:+4930123456@sip.example.com>"


def test_who_calls(file: Path) -> None:
    (account,) = accounts(read(file, domain="example.com", caller_id="100", auth_user="4711"))
    assert account.uri_of() == "<sip:100@example.com>"
    assert account.auth_user == "4711"


def test_a_secret_is_not_told(file: Path) -> None:
    settings = read(file)
    assert "wonderland" not in f"{settings} {settings.fixed()} {accounts(settings)}"


def test_a_secret_in_a_file(file: Path) -> None:
    file.with_name("trunk.secret").write_text("looking-glass\n")
    (account,) = accounts(read(file, secret_env="", secret_file="trunk.secret"))
    assert account.secret == "looking-glass"


def test_secrets_that_are_not_there(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(file, secret_env="", secret_file="none.secret")
    with pytest.raises(SettingsError, match=r"accounts\.trunk\.secret_file: .*none\.secret"):
        accounts(settings)
    file.with_name("none.secret").write_text("\n")
    with pytest.raises(SettingsError, match="is empty"):
        accounts(settings)
    monkeypatch.delenv("A_SECRET")
    with pytest.raises(SettingsError, match="environment has no A_SECRET"):
        accounts(read(file))


def test_an_account_without_a_secret(file: Path) -> None:
    (account,) = accounts(read(file, secret_env=""))
    assert account.secret == ""


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"registrar": "sip.example.com"}, "expected a SIP URI of a host"),
        ({"registrar": "sip:alice@sip.example.com"}, "expected a SIP URI of a host"),
        ({"registrar": "sips:sip.example.com"}, "for TLS, write sip: and ;transport=tls"),
        ({"user": "alice>"}, "should match pattern"),
        ({"caller_id": "a b"}, "should match pattern"),
        ({"expires": 1}, "greater than or equal to 5"),
        ({"secret_file": "x"}, "are two places for one password"),
        ({"secret": "wonderland"}, "unknown key 'secret'; did you mean 'secret_env'?"),
        ({"registers": "no"}, "unknown key 'registers'; did you mean 'register'?"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    file: Path, changed: dict[str, Any], found: str
) -> None:
    told = fault(file, **changed)
    assert found in told and told.startswith(f"{file}:")
    assert "wonderland" not in told


def test_what_is_missing_is_told_with_its_place(file: Path) -> None:
    file.write_text("routes: {'*': a.yaml}\naccounts:\n  trunk: {user: alice}\n")
    with pytest.raises(LoadError) as caught:
        load_settings(file)
    assert str(caught.value) == f"{file}:3:10: accounts.trunk.registrar: is needed [missing-key]"


def test_more_accounts_than_a_line_holds(file: Path) -> None:
    assert MOST == line.MOST
    many = {f"a{number}": {**TRUNK} for number in range(MOST + 1)}
    file.write_text(yaml.dump({"routes": {"*": "a.yaml"}, "accounts": many}))
    with pytest.raises(LoadError, match="a line holds 7 accounts, and here are 8"):
        load_settings(file)


def test_from_the_environment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_ACCOUNTS__TRUNK__EXPIRES", "120")
    assert read(file).accounts["trunk"].expires == 120


@pytest.mark.line
def test_the_doctor_looks_for_registrars(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.bind(("127.0.0.1", 0))
        nowhere = f"sip:127.0.0.1:{link.getsockname()[1]}"
    read(file, registrar=nowhere)
    assert doctor.run(file, False) == 1
    assert f"BAD  account trunk: {nowhere}: Connection refused" in capsys.readouterr().out
    monkeypatch.delenv("A_SECRET")
    assert doctor.run(file, False) == 1
    assert "BAD  accounts: accounts.trunk.secret_env: the environment" in capsys.readouterr().out
