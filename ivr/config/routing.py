"""routes, callers, languages: which flow takes which call, and in which language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, model_validator

from ..engine.statuses import Refusal
from .sections import Location, Section

_NUMBER = re.compile(r"[+0-9*#]*[0-9*#]|anonymous")
_LANGUAGE = r"^[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*$"


def _route(value: object) -> Path | dict[Path, int]:
    """``menu.yaml``, or ``{menu_a.yaml: 90, menu_b.yaml: 10}``."""
    if isinstance(value, Path) or (isinstance(value, str) and value):
        return Path(value)
    if not isinstance(value, Mapping) or not value:
        raise ValueError("expected a flow file, or shares of several: {a.yaml: 90, b.yaml: 10}")
    shares = {}
    for file, share in value.items():
        if not re.fullmatch(r"[1-9][0-9]{0,5}", str(share)):
            raise ValueError(f"the share of {file} is {share!r}; expected 1 to 999999")
        shares[Path(str(file))] = int(share)
    return shares


def files_of(route: Path | dict[Path, int]) -> list[Path]:
    """The flow files of a route."""
    return list(route) if isinstance(route, dict) else [route]


Route = Annotated[Path | dict[Path, int], PlainValidator(_route)]
Language = Annotated[str, Field(pattern=_LANGUAGE)]


class Callers(Section):
    """A list of callers, and what is done with them."""

    numbers: list[str] = Field(
        description="numbers, their starts (+49900*), anonymous, or files with one a line"
    )
    reject: Refusal | None = Field(default=None, description="refuse them, with this reason")
    flow: Location | None = Field(
        default=None, description="the flow that takes their calls, whatever they dialled"
    )
    allow: bool = Field(
        default=False, description="none of the lists behind this one counts for them"
    )

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        given = [n for n in ("reject", "flow", "allow") if getattr(self, n)]
        if len(given) > 1:
            raise ValueError(f"expected one of {' and '.join(given)}")
        return self

    @property
    def files(self) -> list[Path]:
        """The numbers that are files."""
        return [Path(number) for number in self.numbers if not _NUMBER.fullmatch(number)]

    def read(self, folder: Path) -> tuple[str, ...]:
        """Every number, those of files too.  Raises ValueError for a file that has others."""
        found: list[str] = []
        for number in self.numbers:
            if _NUMBER.fullmatch(number):
                found.append(number)
            else:
                found += _of_file(folder / number)
        return tuple(found)


def _of_file(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ValueError(f"cannot read {file}: {why}") from None
    found = []
    for place, line in enumerate(lines, 1):
        number = re.sub(r"[ ()/.-]", "", line.partition(" #")[0])
        if number.startswith("#") or not number:
            continue
        if not _NUMBER.fullmatch(number):
            raise ValueError(f"{file}:{place}: {line.strip()!r} is no number")
        found.append(number)
    return found


def _list(value: Any) -> Any:
    """``vip: vip.txt`` and ``vip: [+4930123, …]`` are short for ``vip: {numbers: …}``."""
    if isinstance(value, str | list):
        value = {"numbers": value}
    if isinstance(value, dict) and isinstance(value.get("numbers"), str):
        value = {**value, "numbers": [value["numbers"]]}
    return value


Name = Annotated[str, Field(pattern=r"^\w+$")]
CallerLists = dict[Name, Annotated[Callers, BeforeValidator(_list)]]


class Languages(Section):
    """Languages by number, where what was dialled counts first; and those that are spoken."""

    callers: dict[str, Language] = Field(
        default={}, description="by the number of the caller, or its start, such as +49: de"
    )
    dialled: dict[str, Language] = Field(
        default={}, description="by the number that was dialled, or its start"
    )
    spoken: list[Language] = Field(
        default=[],
        description="those in which the prompts of every flow must exist, unless it has languages"
        " of its own",
    )


def _country(text: str) -> str:
    from phonenumbers import SUPPORTED_REGIONS

    if text and text not in SUPPORTED_REGIONS:
        raise ValueError("expected a country by its code, such as DE")
    return text


Country = Annotated[str, AfterValidator(_country)]
