"""What the sections of the settings have in common."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Port = Annotated[int, Field(ge=1, le=65535)]
Ipv4 = Annotated[str, AfterValidator(lambda text: str(IPv4Address(text)))]
Ipv4OrNone = Annotated[str, AfterValidator(lambda text: text and str(IPv4Address(text)))]
Network = Annotated[str, AfterValidator(lambda text: str(IPv4Network(text)))]


def _named(value: object) -> object:
    if value == "":  # which Path takes for the folder that the settings are in
        raise ValueError("expected the name of a file or folder")
    return value


Location = Annotated[Path, BeforeValidator(_named)]


class Section(BaseModel):
    """A group of settings.  An unknown key is an error: it is a misspelt one."""

    model_config = ConfigDict(extra="forbid")
