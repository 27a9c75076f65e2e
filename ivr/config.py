"""The settings: one typed object out of ``ivr.yaml`` and the environment.

The environment wins: ``IVR_SIP__PORT=5070`` is ``sip: {port: 5070}``.  Relative paths start
at the folder of the settings file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as EnvironmentError_
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from .engine.errors import Fault, LoadError, SettingsError
from .flowfile.source import Bad, Source, suggest

PREFIX = "IVR_"
NESTED = "__"

Port = Annotated[int, Field(ge=1, le=65535)]
Ipv4 = Annotated[str, AfterValidator(lambda text: str(IPv4Address(text)))]


class Sip(BaseModel):
    """Where the line listens."""

    model_config = ConfigDict(extra="forbid")

    address: Ipv4 = Field(
        default="127.0.0.1", description="IPv4 address that SIP and RTP are bound to"
    )
    port: Port = Field(default=5060, description="UDP and TCP port for SIP")
    public_address: str = Field(
        default="", description="address that callers are told; empty: `address`"
    )
    tcp: bool = Field(default=True, description="also take SIP over TCP")
    rtp_port: Port = Field(default=10000, description="first UDP port for RTP")
    rtp_ports: int = Field(
        default=200, ge=24, le=20000, description="how many ports for RTP, from there on"
    )
    media_timeout: float = Field(
        default=60.0,
        ge=0,
        le=86400,
        description="seconds without a packet from a caller, after which he is gone; 0: for ever",
    )
    retry_after: int = Field(
        default=5, ge=1, le=3600, description="seconds that a refused caller is told"
    )
    log_level: int = Field(default=1, ge=0, le=3, description="how much the SIP stack logs, 0 to 3")
    shim: bool = Field(
        default=True,
        description="refuse calls beyond the limit inside the SIP stack, before they cost anything",
    )


class Voice(BaseModel):
    """How texts are spoken."""

    model_config = ConfigDict(extra="forbid")

    names: dict[str, str] = Field(
        default={}, description="voice of a language, such as en: gmw/en-us+f3"
    )
    rate: int = Field(default=165, ge=80, le=450, description="words per minute")


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=NESTED, extra="forbid", case_sensitive=False
    )

    routes: dict[str, Path] = Field(
        min_length=1,
        description="flow file for what was dialled: the number, the start of one (49*), or *",
    )
    language: str = Field(default="en", description="language of calls whose flow names none")
    prompts: Path = Field(default=Path("prompts"), description="folder of the prompts")
    var: Path = Field(
        default=Path("var"),
        description="folder of what is written: messages, journals, rendered prompts",
    )
    drain_seconds: float = Field(
        default=30.0, ge=0, le=86400, description="how long live calls may go on after SIGTERM"
    )
    sip: Sip = Field(default_factory=Sip, description="where the line listens")
    voice: Voice = Field(default_factory=Voice, description="how texts are spoken")

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

    @property
    def messages(self) -> Path:
        """Where recorded messages are kept."""
        return self.var / "messages"

    @property
    def journals(self) -> Path:
        """Where the journals of calls are kept."""
        return self.var / "calls"

    @property
    def cache(self) -> Path:
        """Where rendered prompts are kept."""
        return self.var / "prompts"


def load_settings(path: Path) -> Settings:
    """Read *path* and the environment.  Raises `LoadError` or `SettingsError`."""
    if not path.exists():
        raise SettingsError(
            f"no settings file {path}; `ivr new DIR` makes a project with one,"
            " --settings FILE names another"
        )
    source, root = Source.parse(path)
    places: dict[tuple[str, ...], Node] = {}
    try:
        given = _plain(root, source, places, ()) if root is not None else {}
    except Bad as bad:
        source.fault(bad.node, bad.message)
        given = {}
    source.check()
    if not isinstance(given, dict):
        raise LoadError(
            [Fault(str(path), 1, 1, "expected settings, such as routes: {'*': menu.yaml}")]
        )
    try:
        settings = Settings(**given)
    except EnvironmentError_ as error:
        raise SettingsError(f"the environment: {error}; expected JSON for what has parts") from None
    except ValidationError as error:
        raise LoadError(sorted(_faults(error, source, places, path))) from None
    return _absolute(settings, path.parent)


def _plain(
    node: Node, source: Source, places: dict[tuple[str, ...], Node], at: tuple[str, ...]
) -> Any:
    """*node* as texts, lists and dicts; `places` remembers where each came from."""
    places[at] = node
    if isinstance(node, MappingNode):
        fields = source.fields(node, "key: value pairs")
        for name, field in fields.items():
            places[(*at, name, "key")] = field.key
        return {n: _plain(f.value, source, places, (*at, n)) for n, f in fields.items()}
    if isinstance(node, SequenceNode):
        return [_plain(n, source, places, (*at, str(i))) for i, n in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    return source.text(node)


def _faults(
    error: ValidationError, source: Source, places: Mapping[tuple[str, ...], Node], path: Path
) -> list[Fault]:
    found = []
    for wrong in error.errors():
        at = tuple(str(part) for part in wrong["loc"] if part != "[key]")
        variable = PREFIX + NESTED.join(at).upper()
        message = _message(wrong["type"], wrong["msg"], at, wrong["input"])
        if variable in os.environ:
            found.append(Fault(f"environment variable {variable}", 0, 0, message))
        elif (*at, "key") in places and wrong["type"] == "extra_forbidden":
            found.append(source.place(places[(*at, "key")]).fault(message))
        elif at in places:
            found.append(source.place(places[at]).fault(f"{'.'.join(at)}: {message}"))
        else:
            found.append(Fault(str(path), 0, 0, f"{'.'.join(at)}: {message}"))
    return found


def _message(kind: str, message: str, at: tuple[str, ...], value: object) -> str:
    if kind == "extra_forbidden":
        section: Any = Settings
        for part in at[:-1]:
            section = section.model_fields[part].annotation
        return f"unknown key {at[-1]!r}; {suggest(at[-1], section.model_fields)}"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"expected key: value pairs, found {value!r}"
    if kind == "missing":
        return "is needed; expected such as routes: {'*': flows/menu.yaml}"
    return f"{message[0].lower()}{message[1:]}, found {value!r}"


def _absolute(settings: Settings, folder: Path) -> Settings:
    for name in ("prompts", "var"):
        setattr(settings, name, folder / getattr(settings, name))
    settings.routes = {number: folder / path for number, path in settings.routes.items()}
    return settings


def describe() -> list[tuple[str, str, str, str]]:
    """Every key as (key, default, environment variable, meaning)."""
    return list(_described(Settings, ()))


def _described(model: type[BaseModel], at: tuple[str, ...]) -> Any:
    for name, field in model.model_fields.items():
        kind, path = field.annotation, (*at, name)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _described(kind, path)
        else:
            default = (
                "" if field.is_required() else str(field.get_default(call_default_factory=True))
            )
            variable = PREFIX + NESTED.join(path).upper()
            yield ".".join(path), default, variable, field.description or ""
