"""Public holidays of a country, or of a part of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


@dataclass(frozen=True, slots=True)
class Holidays:
    """The public holidays of `region`: ``DE``, ``DE-BY``."""

    region: str

    @classmethod
    def parse(cls, text: str) -> Holidays:
        """Read ``DE-BY``, and what is known of it.  Raises ValueError."""
        known(text)
        return cls(text)

    def name_of(self, day: date) -> str:
        """The holiday that *day* is, in the language of its country; empty: it is none."""
        return str(known(self.region).get(day, ""))


@lru_cache(maxsize=64)
def known(region: str) -> HolidayBase:
    """The table of *region*, which grows with each year that is asked for."""
    from holidays import country_holidays, list_supported_countries

    country, _, part = region.partition("-")
    parts = list_supported_countries().get(country)
    if parts is None:
        raise ValueError(f"no country {country!r}; expected a code such as DE, or DE-BY")
    if part and part not in parts:
        close = get_close_matches(part, parts, 1)
        hint = f"did you mean {country}-{close[0]}?" if close else f"expected one of {_few(parts)}"
        raise ValueError(f"{country} has no region {part!r}; {hint}")
    native = country_holidays(country).default_language
    table = country_holidays(country, subdiv=part or None, language=native)
    table.get(date(2026, 1, 1))  # reads what is needed for any year
    return table


def _few(parts: list[str]) -> str:
    return ", ".join(parts[:20]) + (", …" if len(parts) > 20 else "") if parts else "none"
