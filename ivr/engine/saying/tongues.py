"""What the libraries do not know of a language: how its numbers bend, and its small words.

Numbers in words are those of num2words; names of days, months, units and currencies, plurals and
orders are CLDR's (Babel).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

Bends = tuple[tuple[str, str], ...]
DEFAULT = "en"
CENTS = ("EUR", "USD", "AUD", "CAD", "NZD", "SGD", "HKD", "ZAR")


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language.

    `masculine` and `feminine` say how the end of a number changes before such a noun,
    `ordinal_feminine` the same of an ordinal.  `feminines` are the currencies and units that are
    feminine.  `days` says which days of the month are ordinals.  `coins` has the forms of minor
    units, one for each plural category in the order of `categories`.
    """

    minus: str = "minus"
    point: str = "point"
    plus: str = "plus"
    today: tuple[str, str, str] = ("yesterday", "today", "tomorrow")
    signs: Mapping[str, str] = field(default_factory=dict)
    masculine: Bends = ()
    feminine: Bends = ()
    ordinal_feminine: Bends = ()
    feminines: str = ""
    days: Literal["all", "first", "none"] = "none"
    coins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    categories: tuple[str, ...] = ("one", "other")

    def coin(self, currency: str) -> tuple[str, ...]:
        """The forms of the minor unit of *currency*; none: it is not known."""
        common = self.coins.get("cent", ()) if currency in CENTS else ()
        return self.coins.get(currency, common)

    def bent(self, words: str, thing: str) -> str:
        """The number *words* as it stands before *thing*: a unit, or the code of a currency."""
        return bend(words, self.feminine if thing in self.feminines.split() else self.masculine)


def bend(words: str, bends: Bends) -> str:
    """*words* with the first of *bends* that fits, as regular expressions."""
    for pattern, end in bends:
        words, found = re.subn(pattern, end, words)
        if found:
            break
    return words


def _signs(at: str, dot: str, dash: str, underscore: str, plus: str) -> Mapping[str, str]:
    return {"@": at, ".": dot, "-": dash, "_": underscore, "+": plus}


_KRONEN = "CZK SEK NOK DKK ISK"
_TIMES = "hour minute second"
_ROMANCE = f"hour GBP INR TRY {_KRONEN}"
TONGUES: Mapping[str, Tongue] = MappingProxyType(
    {
        "en": Tongue(
            signs=_signs("at", "dot", "dash", "underscore", "plus"),
            days="all",
            coins={
                "cent": ("cent", "cents"),
                "GBP": ("penny", "pence"),
                "CHF": ("centime", "centimes"),
                "PLN": ("grosz", "groszy"),
            },
        ),
        "de": Tongue(
            point="Komma",
            today=("gestern", "heute", "morgen"),
            signs=_signs("at", "Punkt", "Minus", "Unterstrich", "Plus"),
            masculine=((r"eins$", "ein"),),
            feminine=((r"eins$", "eine"),),
            feminines=f"{_TIMES} INR TRY {_KRONEN}",
            days="all",
            coins={
                "cent": ("Cent", "Cent"),
                "GBP": ("Penny", "Pence"),
                "CHF": ("Rappen", "Rappen"),
                "PLN": ("Groschen", "Groschen"),
            },
        ),
        "es": Tongue(
            minus="menos",
            point="coma",
            plus="más",
            today=("ayer", "hoy", "mañana"),
            signs=_signs("arroba", "punto", "guion", "guion bajo", "más"),
            masculine=((r"veintiuno$", "veintiún"), (r"uno$", "un")),
            feminine=(
                (r"cientos (.*)uno$", r"cientas \1una"),
                (r"entos\b", "entas"),
                (r"uno$", "una"),
            ),
            ordinal_feminine=((r"o\b", "a"),),
            feminines=_ROMANCE,
            days="first",
            coins={
                "EUR": ("céntimo", "céntimos"),
                "cent": ("centavo", "centavos"),
                "GBP": ("penique", "peniques"),
                "CHF": ("céntimo", "céntimos"),
                "PLN": ("grosz", "groszy"),
            },
        ),
        "fr": Tongue(
            minus="moins",
            point="virgule",
            today=("hier", "aujourd'hui", "demain"),
            signs=_signs("arobase", "point", "tiret", "tiret bas", "plus"),
            feminine=((r"\bun$", "une"),),
            ordinal_feminine=((r"premier$", "première"), (r"second$", "seconde")),
            feminines=f"minute second {_ROMANCE}",
            days="first",
            coins={
                "EUR": ("centime", "centimes"),
                "cent": ("cent", "cents"),
                "GBP": ("penny", "pence"),
                "CHF": ("centime", "centimes"),
                "PLN": ("grosz", "groszy"),
            },
        ),
        "it": Tongue(
            minus="meno",
            point="virgola",
            plus="più",
            today=("ieri", "oggi", "domani"),
            signs=_signs("chiocciola", "punto", "trattino", "trattino basso", "più"),
            masculine=((r"^uno$", "un"),),
            feminine=((r"^uno$", "una"),),
            ordinal_feminine=((r"o$", "a"),),
            feminines=_ROMANCE,
            days="first",
            coins={
                "cent": ("centesimo", "centesimi"),
                "GBP": ("penny", "pence"),
                "CHF": ("centesimo", "centesimi"),
                "PLN": ("grosz", "groszy"),
            },
        ),
        "pt": Tongue(
            minus="menos",
            point="vírgula",
            plus="mais",
            today=("ontem", "hoje", "amanhã"),
            signs=_signs("arroba", "ponto", "hífen", "sublinhado", "mais"),
            feminine=(
                (r"entos (.*)um$", r"entas \1uma"),
                (r"entos (.*)dois$", r"entas \1duas"),
                (r"entos\b", "entas"),
                (r"\bum$", "uma"),
                (r"\bdois$", "duas"),
            ),
            ordinal_feminine=((r"o\b", "a"),),
            feminines=_ROMANCE,
            days="first",
            coins={
                "EUR": ("cêntimo", "cêntimos"),
                "cent": ("centavo", "centavos"),
                "BRL": ("centavo", "centavos"),
                "GBP": ("péni", "pence"),
                "CHF": ("cêntimo", "cêntimos"),
                "PLN": ("grosz", "groszy"),
            },
        ),
        "nl": Tongue(
            minus="min",
            point="komma",
            today=("gisteren", "vandaag", "morgen"),
            signs=_signs("apenstaartje", "punt", "streepje", "laag streepje", "plus"),
            coins={
                "cent": ("cent", "cent"),
                "GBP": ("penny", "pence"),
                "CHF": ("rappen", "rappen"),
                "PLN": ("grosz", "groszy"),
            },
        ),
        "pl": Tongue(
            point="przecinek",
            today=("wczoraj", "dzisiaj", "jutro"),
            signs=_signs("małpa", "kropka", "minus", "podkreślnik", "plus"),
            feminine=((r"^jeden$", "jedna"), (r"\bdwa$", "dwie")),
            ordinal_feminine=((r"[yi]\b", "a"),),
            feminines=f"{_TIMES} INR TRY {_KRONEN}",
            days="all",
            categories=("one", "few", "many"),
            coins={
                "cent": ("cent", "centy", "centów"),
                "GBP": ("pens", "pensy", "pensów"),
                "CHF": ("centym", "centymy", "centymów"),
                "PLN": ("grosz", "grosze", "groszy"),
            },
        ),
    }
)


@lru_cache(maxsize=256)
def base_of(language: str) -> str:
    """``de`` of ``de-AT``."""
    return re.split("[-_]", language or DEFAULT)[0].lower()
