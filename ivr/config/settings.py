"""What an operator can set: one typed object, made of one section a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ..engine.statuses import LEAST, MOST, Refusal
from .accounts import Accounts
from .calls_out import CallsOut
from .control import Control
from .fleet import Fleet
from .front import Front
from .mailboxes import Mailboxes
from .records import Records
from .routing import CallerLists, Country, Languages, Route, files_of
from .secrets import Secrets
from .sections import Location
from .self_call import SelfCall
from .sip import Sip
from .speech import Speech
from .voice import Voice
from .work import Work

PREFIX = "IVR_"
NESTED = "__"
_RELOADED = {
    *("routes", "flows", "shared", "prompts", "language", "zone", "voice", "statuses"),
    *("schedules", "country", "callers", "languages", "secrets", "mailboxes", "work"),
}


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=NESTED, extra="forbid", case_sensitive=False
    )

    routes: dict[str, Route] = Field(
        min_length=1,
        description="flow file for what was dialled: the number, the start of one (49*), or *",
    )
    country: Country = Field(
        default="",
        description="where numbers are dialled, such as DE: 030…, 0049… and +49… are one then",
    )
    callers: CallerLists = Field(
        default={},
        description="lists of callers by name, such as blocked: {numbers: blocked.txt, reject:"
        " blocked}",
    )
    languages: Languages = Field(
        default_factory=Languages, description="languages of calls whose flow names none"
    )
    flows: list[Location] = Field(
        default=[], description="further flow files, for calls out: they are asked for by name"
    )
    shared: Location | None = Field(
        default=None, description="file with states and handlers that every flow has"
    )
    calls: int = Field(
        default=0,
        ge=0,
        le=4000,
        description="calls at once; 0: what one worker holds, without a front",
    )
    peers: dict[Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+\.\d+:\d+$")], int] = Field(
        default={},
        description="fronts of other machines and the calls that each takes, such as"
        " 10.0.0.2:5060: 256; each lists the other",
    )
    user: str = Field(
        default="", description="user that the service becomes when it is started as root"
    )
    language: str = Field(default="en", description="language of calls whose flow names none")
    zone: str = Field(
        default="UTC", description="time zone of flows that name none, such as Europe/Berlin"
    )
    schedules: dict[str, Any] = Field(
        default={},
        description="opening hours by name, for all flows, such as office: Mon-Fri 09:00-17:30",
    )
    prompts: Location = Field(default=Path("prompts"), description="folder of the prompts")
    var: Location = Field(
        default=Path("var"),
        description="folder of what is written: messages, journals, rendered prompts",
    )
    drain_seconds: float = Field(
        default=30.0, ge=0, le=86400, description="how long live calls may go on after SIGTERM"
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="the log on stderr: text for people, json for machines"
    )
    statuses: dict[Refusal, Annotated[int, Field(ge=LEAST, le=MOST)]] = Field(
        default={},
        description="SIP status codes of named refusals, where the usual ones will not do, such as"
        " closed: 603",
    )
    sip: Sip = Field(default_factory=Sip, description="where the line listens")
    fleet: Fleet = Field(default_factory=Fleet, description="the workers behind the front")
    control: Control = Field(
        default_factory=Control, description="the API of operators, and what Prometheus reads"
    )
    front: Front = Field(default_factory=Front, description="the SIP proxy before the workers")
    calls_out: CallsOut = Field(
        default_factory=CallsOut, description="whom the line may call, and how much"
    )
    voice: Voice = Field(default_factory=Voice, description="how texts are spoken")
    speech: Speech = Field(
        default_factory=Speech, description="how callers who speak are understood"
    )
    accounts: Accounts = Field(
        default={},
        description="users at registrars and providers, by a name, such as trunk:"
        " {registrar: sip:sip.example.com, user: alice, secret_file: trunk.secret}",
    )
    secrets: Secrets = Field(
        default={},
        description="texts that flows use and nobody reads, by a name, such as crm:"
        " {env: CRM_TOKEN} or {file: crm.token}",
    )
    mailboxes: Mailboxes = Field(
        default={},
        description="mailboxes that have a PIN or a phone of their own, by name, such as 601:"
        " {pin: {env: PIN_OF_601}, phone: sip:ann@phones.example.org}",
    )
    work: Work = Field(default_factory=Work, description="what flows may have done outside")
    records: Records = Field(default_factory=Records, description="what is kept of calls")
    self_call: SelfCall = Field(
        default_factory=SelfCall, description="how the server calls itself, as a test"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings

    def fixed(self) -> dict[str, Any]:
        """What a running server keeps to, whatever a reload finds; secrets are not told."""
        return self.model_dump(mode="json", exclude=_RELOADED)

    @property
    def flow_files(self) -> list[Path]:
        """Every flow file, sorted."""
        routed = {file for route in self.routes.values() for file in files_of(route)}
        routed |= {each.flow for each in self.callers.values() if each.flow}
        return sorted({*routed, *self.flows})

    @property
    def self_called(self) -> str:
        """The number that a self-call is to: that of `self_call`, or one that has a flow."""
        exact = (number for number in self.routes if not number.endswith("*"))
        return self.self_call.number or next(exact, "100")

    @property
    def messages(self) -> Path:
        """Where recorded messages are kept."""
        return self.var / "messages"

    @property
    def recordings(self) -> Path:
        """Where recordings of whole calls are kept."""
        return self.var / "recordings"

    @property
    def journals(self) -> Path:
        """Where the journals of calls are kept."""
        return self.var / "calls"

    @property
    def spool(self) -> Path:
        """Where calls wait for their records to be made."""
        return self.var / "spool"

    @property
    def token_file(self) -> Path:
        """Where the token of the control API is kept, unless it is set."""
        return self.control.token_file or self.var / "control.token"

    @property
    def lives(self) -> Path:
        """Where workers show that they are alive."""
        return self.var / "run/lives"

    @property
    def ledger(self) -> Path:
        """Where workers count what they call."""
        return self.var / "run/calls-out"

    @property
    def cache(self) -> Path:
        """Where rendered prompts are kept."""
        return self.var / "prompts"
