"""accounts: users at registrars and providers, as whom the line registers and calls."""

from __future__ import annotations

import os
import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from ..engine.errors import SettingsError
from .sections import Location, Section

TRANSPORTS = ("udp", "tcp", "tls")
MOST = 7  # the SIP stack holds eight, and one is the line itself

_URI = re.compile(r"sips?:(?P<host>[A-Za-z0-9.-]+(?::\d{1,5})?)(?P<parameters>(?:;[^;\s<>\"?@]+)*)")
_TRANSPORT = re.compile(r";transport=([^;]*)", re.IGNORECASE)
_USER = r"[A-Za-z0-9+._~!*'()&=$,-]+"


def _uri(text: str) -> str:
    found = _URI.fullmatch(text)
    if not found:
        raise ValueError("expected a SIP URI of a host, such as sip:sip.example.com:5060")
    if text.startswith("sips:"):
        raise ValueError("for TLS, write sip: and ;transport=tls")
    transport = _TRANSPORT.search(found["parameters"])
    if transport and transport[1].lower() not in TRANSPORTS:
        raise ValueError(f"expected a transport of {', '.join(TRANSPORTS)}")
    return text


def _proxy(text: str) -> str:
    if not text:
        return ""
    uri = _uri(text)
    return uri if ";lr" in uri.lower() else f"{uri};lr"  # RFC 3261 19.1.1: loose routing


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]


class Account(Section):
    """A user at a registrar or provider."""

    registrar: Annotated[str, AfterValidator(_uri)] = Field(
        description="SIP URI of the registrar, such as sip:sip.example.com"
    )
    user: str = Field(pattern=f"^{_USER}$", description="user at the registrar")
    domain: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9.-]*$",
        description="domain of the user; empty: the registrar's host",
    )
    auth_user: str = Field(
        default="",
        pattern=r'^[^"\\\s]*$',
        description="name for the registrar's challenge; empty: `user`",
    )
    secret_env: str = Field(
        default="",
        pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$",
        description="environment variable that has the password",
    )
    secret_file: Location | None = Field(
        default=None, description="file that has the password, and nothing else"
    )
    expires: int = Field(
        default=600, ge=5, le=86400, description="seconds that a registration is to last"
    )
    proxy: Annotated[str, AfterValidator(_proxy)] = Field(
        default="", description="SIP URI of the proxy by which all goes that the account sends"
    )
    registers: bool = Field(
        default=True, alias="register", description="no: the account is for calls out alone"
    )
    caller_id: str = Field(
        default="",
        pattern=f"^({_USER})?$",
        description="number that calls out show; empty: `user`",
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.secret_env and self.secret_file:
            raise ValueError("secret_env and secret_file are two places for one password")
        return self

    @property
    def by_tls(self) -> bool:
        """Whether it is reached by TLS."""
        return "transport=tls" in (self.proxy or self.registrar).lower()

    @property
    def host(self) -> str:
        """The registrar's host, without its port."""
        found = _URI.fullmatch(self.registrar)
        return found["host"].partition(":")[0] if found else ""

    def secret(self, name: str) -> str:
        """The password; empty: the account has none.  Raises `SettingsError`."""
        if self.secret_env:
            if secret := os.environ.get(self.secret_env, ""):
                return secret
            raise SettingsError(
                f"accounts.{name}.secret_env: the environment has no {self.secret_env};"
                " set it for the process that serves"
            )
        if self.secret_file is None:
            return ""
        try:
            secret = self.secret_file.read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            raise SettingsError(
                f"accounts.{name}.secret_file: {self.secret_file} cannot be read: {reason}"
            ) from None
        if not secret:
            raise SettingsError(f"accounts.{name}.secret_file: {self.secret_file} is empty")
        return secret


def _not_too_many(accounts: dict[str, Account]) -> dict[str, Account]:
    if len(accounts) > MOST:
        raise ValueError(f"a line holds {MOST} accounts, and here are {len(accounts)}")
    return accounts


Accounts = Annotated[dict[Name, Account], AfterValidator(_not_too_many)]
