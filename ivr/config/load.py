"""Reading ``ivr.yaml`` and the environment, with the place of whatever is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError as EnvironmentError_
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ..engine.codes import Code
from ..engine.errors import Fault, LoadError, SettingsError
from ..flowfile.source import Bad, Source, suggest
from .secrets import SecretSource
from .settings import NESTED, PREFIX, Settings

_CODES = {
    "extra_forbidden": Code.UNKNOWN_KEY,
    "missing": Code.MISSING_KEY,
    "model_type": Code.WRONG_SHAPE,
    "dict_type": Code.WRONG_SHAPE,
    "model_attributes_type": Code.WRONG_SHAPE,
}
_SECRET = (
    ", such as {env: CRM_TOKEN} or {file: crm.secret}; the secret itself does not belong in here"
)
_ROUTES = '{"*": "flows/menu.yaml"}'
COMMAND_LINE = ("SETTINGS",)  # variables, after the prefix, that are no settings
# Where people write a password, though it may be its place that is expected.
_SHY = ("secrets", "mailboxes", "databases", "secret", "secret_env", "token", "password", "url",
        "webhook", "database")  # fmt: skip


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
        source.note(bad)
        given = {}
    source.check()
    if not isinstance(given, dict):
        wrong = "expected settings, such as routes: {'*': menu.yaml}"
        raise LoadError([Fault(str(path), 1, 1, wrong, Code.WRONG_SHAPE)])
    faults = list(_unknown_variables())
    try:
        settings = Settings(**given)
    except EnvironmentError_ as error:
        raise SettingsError(_no_json(error)) from None
    except ValidationError as error:
        faults += _faults(error, source, places, path)
    if faults:
        raise LoadError(sorted(faults))
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


def _unknown_variables() -> Iterator[Fault]:
    """Variables that pydantic would not look at.  It does find a wrong key in a known section."""
    names = [variable.removeprefix(PREFIX) for _, _, variable, _ in describe()]
    for variable in os.environ:
        name = variable.upper().removeprefix(PREFIX)
        if name == variable.upper() or name in COMMAND_LINE:
            continue
        if name.partition(NESTED)[0].lower() not in Settings.model_fields:
            close = get_close_matches(name, [*names, *COMMAND_LINE], 1)
            hint = f"did you mean {PREFIX}{close[0]}?" if close else "`ivr config` lists them all"
            file, wrong = f"environment variable {variable}", f"no such setting; {hint}"
            yield Fault(file, 0, 0, wrong, Code.UNKNOWN_KEY)


def _no_json(error: EnvironmentError_) -> str:
    """Which variable it is, without what it says: that may be secret."""
    text = getattr(error.__cause__, "doc", None)
    named = (name for name, value in os.environ.items() if value == text)
    variable = next((name for name in named if name.upper().startswith(PREFIX)), "the environment")
    example = _ROUTES if variable.upper() == f"{PREFIX}ROUTES" else '{"key": "value"} or ["value"]'
    return f"{variable}: expected JSON such as {example}"


def _faults(
    error: ValidationError, source: Source, places: Mapping[tuple[str, ...], Node], path: Path
) -> list[Fault]:
    found = []
    for wrong in error.errors():
        at = tuple(str(part) for part in wrong["loc"] if part != "[key]")
        variable = PREFIX + NESTED.join(at).upper()
        message = _message(wrong["type"], wrong["msg"], at, wrong["input"])
        code = _CODES.get(wrong["type"], Code.BAD_SETTING)
        if variable in os.environ:
            found.append(Fault(f"environment variable {variable}", 0, 0, message, code))
        elif (*at, "key") in places and wrong["type"] == "extra_forbidden":
            found.append(source.place(places[(*at, "key")]).fault(message, code))
        elif place := places.get(at) or (len(at) > 1 and places.get(at[:-1])):
            found.append(source.place(place).fault(f"{'.'.join(at)}: {message}", code))
        else:
            found.append(Fault(str(path), 0, 0, f"{'.'.join(at)}: {message}", code))
    return found


def _message(kind: str, message: str, at: tuple[str, ...], value: object) -> str:
    if kind == "extra_forbidden":
        section: Any = Settings
        for part in at[:-1]:
            if get_origin(section) is dict:
                section = get_args(section)[1]
            else:
                section = section.model_fields[part].annotation
        names = [field.alias or name for name, field in section.model_fields.items()]
        return f"unknown key {at[-1]!r}; {suggest(at[-1], names)}"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return "expected key: value pairs" + _SECRET * (at[:-1] == ("secrets",))
    if kind == "missing":
        return "is needed" + "; expected such as routes: {'*': flows/menu.yaml}" * (len(at) == 1)
    if kind == "too_short":
        return "expected at least one" + f", such as {_ROUTES}" * (at == ("routes",))
    message = message.removeprefix("Value error, ")
    if message[:2].istitle():  # not TLS
        message = message[0].lower() + message[1:]
    if isinstance(value, Mapping) or any(part.endswith(_SHY) for part in at):
        return message  # a secret is not shown, nor is a whole section
    return f"{message}, found {value!r}"


def _absolute(settings: Settings, folder: Path) -> Settings:
    for name in ("prompts", "var"):
        setattr(settings, name, folder / getattr(settings, name))
    settings.routes = {
        number: {folder / path: share for path, share in route.items()}
        if isinstance(route, dict)
        else folder / route
        for number, route in settings.routes.items()
    }
    for callers in settings.callers.values():
        callers.flow = callers.flow and folder / callers.flow
    settings.flows = [folder / path for path in settings.flows]
    records, sqlite = settings.records, "sqlite:///"
    if not records.database:
        records.database = f"{sqlite}{settings.var / 'calls.db'}"
    elif records.database.startswith(sqlite):
        records.database = f"{sqlite}{folder / records.database.removeprefix(sqlite)}"
    records.file = records.file and folder / records.file
    control = settings.control
    control.token_file = control.token_file and folder / control.token_file
    front, sip = settings.front, settings.sip
    front.users = front.users and folder / front.users
    front.tls_authorities = folder / front.tls_authorities
    for section in (front, sip):
        section.tls_certificate = section.tls_certificate and folder / section.tls_certificate
        section.tls_key = section.tls_key and folder / section.tls_key
    voice = settings.voice
    voice.piper = {language: folder / file for language, file in voice.piper.items()}
    voice.recorded = voice.recorded and folder / voice.recorded
    speech = settings.speech
    speech.models = {language: folder / path for language, path in speech.models.items()}
    for account in settings.accounts.values():
        account.secret_file = account.secret_file and folder / account.secret_file
    pins = [each.pin for each in settings.mailboxes.values() if each.pin]
    for source in (*settings.secrets.values(), *pins, *_passwords(settings)):
        source.file = source.file and folder / source.file
    for given in settings.work.databases.values():
        if given.url.startswith(sqlite):
            given.url = f"{sqlite}{folder / given.url.removeprefix(sqlite)}"
    return settings


def _passwords(settings: Settings) -> Iterator[SecretSource]:
    work = settings.work
    given = [work.mail.password, *(database.password for database in work.databases.values())]
    yield from filter(None, given)


def describe() -> list[tuple[str, str, str, str]]:
    """Every key as (key, default, environment variable, meaning)."""
    return list(_described(Settings, ()))


def _described(model: type[BaseModel], at: tuple[str, ...]) -> Any:
    for name, field in model.model_fields.items():
        kind, path = field.annotation, (*at, name)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _described(kind, path)
        else:
            given = field.get_default(call_default_factory=True)
            default = "" if field.is_required() or given is None else str(given)
            variable = PREFIX + NESTED.join(path).upper()
            yield ".".join(path), default, variable, field.description or ""
