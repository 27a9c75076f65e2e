"""Telephone numbers, so that each has one spelling: E.164 where it can be told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")
_ANONYMOUS = {"", "anonymous", "unavailable", "unknown", "restricted", "withheld", "private"}
_SHORTEST = 7  # digits; fewer are an extension or a service, without a prefix
ANONYMOUS = "anonymous"


def is_anonymous(caller: str) -> bool:
    """Whether *caller*, the user part of From or its host, hides his number (RFC 3323)."""
    return caller.partition(".")[0].lower() in _ANONYMOUS


class Numbers:
    """Spells numbers as *country* does, such as ``DE``; without one, leaves them as they are."""

    def __init__(self, country: str = "") -> None:
        self.country = country
        self._normal = lru_cache(maxsize=4096)(self._parsed)
        self._national, self._international = self._dialled_before() if country else ("", "")

    def normal(self, number: str) -> str:
        """``+4930123456`` for ``030123456`` and ``004930123456``; what is no number stays."""
        return self._normal(number) if self.country else number

    def _parsed(self, number: str) -> str:
        import phonenumbers as phones

        digits = "".join(sign for sign in number if sign not in " -/().")
        if not digits.removeprefix("+").isdecimal():
            return number
        try:
            parsed = phones.parse(digits, self.country)
        except phones.NumberParseException:
            return number
        if digits.startswith(("+", self._international)):
            known = phones.is_possible_number(parsed)
        elif self._national and digits.startswith(self._national):
            known = phones.is_possible_number(parsed) and len(digits) > _SHORTEST
        else:
            known = phones.is_valid_number(parsed) and len(digits) > _SHORTEST
        return phones.format_number(parsed, phones.PhoneNumberFormat.E164) if known else number

    def prefix(self, start: str) -> str:
        """The same of the start of a number: ``+4930`` for ``030``."""
        if not self.country or start.startswith("+"):
            return start
        import phonenumbers as phones

        if start.startswith(self._international):
            return f"+{start.removeprefix(self._international)}"
        if self._national and start.startswith(self._national):
            code = phones.country_code_for_region(self.country)
            return f"+{code}{start.removeprefix(self._national)}"
        return start

    def _dialled_before(self) -> tuple[str, str]:
        """What is dialled before the country's own numbers, and before those of others."""
        import phonenumbers as phones

        data = phones.PhoneMetadata.metadata_for_region(self.country)
        international = (data.international_prefix or "00") if data else "00"
        plain = international if international.isdecimal() else "00"
        return (data.national_prefix or "") if data else "", plain


class Table(Generic[T]):
    """What goes with a number: exact before the longest prefix (``49*``), before ``*``."""

    def __init__(self, entries: Mapping[str, T], numbers: Numbers) -> None:
        self._exact: dict[str, tuple[str, T]] = {}
        self._prefixes: dict[str, tuple[str, T]] = {}
        for pattern, value in entries.items():
            if pattern.endswith("*"):
                for start in (pattern[:-1], numbers.prefix(pattern[:-1])):
                    self._prefixes.setdefault(start, (pattern, value))
            else:
                for number in (pattern, numbers.normal(pattern)):
                    self._exact.setdefault(number, (pattern, value))
        self._lengths = sorted({len(start) for start in self._prefixes}, reverse=True)
        self._numbers = numbers

    def find(self, number: str) -> tuple[str, T] | None:
        """The pattern that fits *number* best, and what goes with it."""
        spellings = (number, self._numbers.normal(number))
        for spelling in spellings:
            if spelling in self._exact:
                return self._exact[spelling]
        for length in self._lengths:
            for spelling in spellings:
                found = self._prefixes.get(spelling[:length])
                if found and len(spelling) >= length:
                    return found
        return None
