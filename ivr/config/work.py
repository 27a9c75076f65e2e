"""work: what flows may have done outside: web services, databases, functions, mails, memory."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from .secrets import SecretSource
from .sections import Port, Section

_AnyNetwork = Annotated[str, AfterValidator(lambda text: str(ip_network(text)))]
_HOST = r"^(\*\.)?[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$"
_NAME = r"^[A-Za-z][A-Za-z0-9_]{0,31}$"


class Http(Section):
    """Whom http, webhooks of notify and sounds of the web may ask."""

    hosts: list[Annotated[str, Field(pattern=_HOST)]] = Field(
        default=[],
        description="hosts that may be asked, such as crm.example.com or *.example.com; empty: any",
    )
    private: list[_AnyNetwork] = Field(
        default=[],
        description="networks that may be asked although they are private, such as 10.1.0.0/16",
    )


class Database(Section):
    """A database that sql may ask."""

    url: str = Field(
        pattern=r"^[a-z0-9+]+://.+",
        description="URL of SQLAlchemy, such as postgresql://ivr@db/crm or sqlite:///crm.db",
    )
    password: SecretSource | None = Field(default=None, description="password for it: env or file")


class Mail(Section):
    """The server that mails of notify go to."""

    host: str = Field(default="", description="mail server; empty: there is none")
    port: Port = Field(default=587, description="its port")
    security: Literal["tls", "starttls", "none"] = Field(
        default="starttls", description="tls from the start (465), starttls (587), or none (25)"
    )
    sender: str = Field(
        default="", pattern=r"^$|^[^@\s]+@[^@\s]+$", description="address that mails come from"
    )
    user: str = Field(default="", description="user at the mail server; empty: it asks for none")
    password: SecretSource | None = Field(default=None, description="his password: env or file")

    @model_validator(mode="after")
    def _has_a_sender(self) -> Self:
        if self.host and not self.sender:
            raise ValueError("a mail server needs a sender, such as ivr@example.com")
        if self.user and self.security == "none":
            raise ValueError("a password goes over TLS only; expected tls or starttls")
        return self


class Work(Section):
    """What flows may have done outside."""

    threads: int = Field(
        default=8, ge=1, le=64, description="pieces of work that a worker does at once"
    )
    python_seconds: float = Field(
        default=10.0, ge=0.1, le=60, description="most that a function of verb python may take"
    )
    http: Http = Field(default_factory=Http, description="whom http and webhooks may ask")
    databases: dict[Annotated[str, Field(pattern=_NAME)], Database] = Field(
        default={},
        description="databases of verb sql, by a name, such as crm:"
        " {url: postgresql://ivr@db/crm, password: {env: CRM_PASSWORD}}",
    )
    memory: str = Field(
        default="",
        description="one of `databases`, for remember and recall; empty: memory.db in `var`",
    )
    mail: Mail = Field(default_factory=Mail, description="the server that mails go to")

    @model_validator(mode="after")
    def _knows_its_memory(self) -> Self:
        if self.memory and self.memory not in self.databases:
            known = ", ".join(self.databases) or "none"
            raise ValueError(f"memory is none of the databases; there are: {known}")
        return self
