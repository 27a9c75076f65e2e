"""What callers say and the libraries do not know, language by language: small words, as data.

Words are written as people write them; they are compared without accents, case and punctuation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ..saying.tongues import Bends, base_of

Forms = tuple[str, ...]
Hours = Mapping[int, int]

# Which hour is meant by the one that is said, in a part of the day.
AM: Hours = {12: 0, **{hour: hour for hour in range(12)}}
PM: Hours = {hour: hour % 12 + 12 for hour in range(1, 24)}
EVENING: Hours = {hour: hour % 12 + 12 for hour in (*range(4, 12), *range(16, 24))}
NIGHT: Hours = {12: 0, 24: 0, **{hour: hour for hour in (*range(6), 20, 21, 22, 23)}} | {
    hour: hour + 12 for hour in range(8, 12)
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """One language.

    `also` says how the words of a number may differ from those of num2words.  `times` are digits
    said twice or more often, `digits` further words for a digit.  `linked` is what stands between
    thousands and the rest, or euros and cents.  `ordinals` bends those of a day, `noun` says where
    in the name of a currency its noun is.  `dates` are the small words of a date; with
    `numbered_months` its month may be a number, too.

    Of a time, `clock` are the forms with the minutes that have passed since {h} ({mm}: two digits),
    `before` those with the minutes that are missing, and `halves` those with a fixed number of
    minutes, besides {m} of them.  `hours` and `minutes` have words of their own, `day` are the
    parts of the day.
    """

    also: Bends = ()
    times: Mapping[str, int] = field(default_factory=dict)
    digits: Mapping[str, int] = field(default_factory=dict)
    linked: str = ""
    point: Forms = ()
    star: Forms = ()
    ordinals: Bends = ()
    noun: int = 0
    dates: Forms = ()
    numbered_months: bool = False
    clock: Forms = ("{h}", "{h} {mm}")
    before: Forms = ()
    halves: Mapping[str, int] = field(default_factory=dict)
    hours: Mapping[str, int] = field(default_factory=dict)
    minutes: Mapping[str, int] = field(default_factory=dict)
    at: Forms = ()
    day: Mapping[str, Hours] = field(default_factory=dict)


_PLAIN: Forms = ("{h}", "{h} {mm}")
_AMPM: Mapping[str, Hours] = {"AM": AM, "PM": PM, "a m": AM, "p m": PM}
SPOKEN: Mapping[str, Spoken] = MappingProxyType(
    {
        "en": Spoken(
            also=((r" and ", " "), (r"^one (hundred|thousand)", r"a \1")),
            times={"double": 2, "triple": 3},
            digits={"oh": 0},
            linked="and",
            point=("dot",),
            star=("star", "extension"),
            noun=-1,
            dates=("the", "of", "on"),
            clock=(*_PLAIN, "{h} o'clock", "{h} hundred", "{m} past {h}", "{m} minutes past {h}"),
            before=("{m} to {h}", "{m} minutes to {h}"),
            hours={"noon": 12, "midnight": 0},
            minutes={"quarter": 15, "a quarter": 15, "half": 30},
            at=("at",),
            day={
                **_AMPM,
                "in the morning": AM,
                "in the afternoon": PM,
                "in the evening": EVENING,
                "at night": NIGHT,
            },
        ),
        "de": Spoken(
            also=((r"^ein(hundert|tausend)", r"\1"), (r"\bzwei$", "zwo")),
            times={"zweimal": 2, "dreimal": 3},
            linked="und",
            star=("Stern", "Durchwahl"),
            ordinals=((r"$", "n"), (r"$", "r")),
            noun=-1,
            dates=("der", "den", "dem", "am"),
            numbered_months=True,
            clock=(*_PLAIN, "{h} Uhr", "{h} Uhr {m}", "{m} nach {h}", "{m} Minuten nach {h}"),
            before=("{m} vor {h}", "{m} Minuten vor {h}"),
            halves={"halb {h}": -30, "dreiviertel {h}": -15, "{m} nach halb {h}": -30},
            hours={"Mittag": 12, "Mitternacht": 0},
            minutes={"viertel": 15},
            at=("um",),
            day={
                **_AMPM,
                **{"morgens": AM, "früh": AM, "vormittags": AM, "am Morgen": AM},
                **{"mittags": PM, "nachmittags": PM, "am Nachmittag": PM},
                **{"abends": EVENING, "am Abend": EVENING, "nachts": NIGHT},
            },
        ),
        "es": Spoken(
            also=((r"uno mil$", "un mil"),),
            times={"doble": 2, "triple": 3},
            linked="y",
            point=("punto",),
            star=("asterisco", "extensión"),
            dates=("de", "del", "el"),
            clock=(
                *(*_PLAIN, "{h} y {m}", "{h} en punto", "{h} horas", "{h} hora"),
                *("{h} horas y {m} minutos", "{h} hora y {m} minutos", "{h} horas {m}"),
                *("{h} horas y {m} minuto", "{h} hora y {m} minuto"),
            ),
            before=("{h} menos {m}",),
            hours={"mediodía": 12, "medianoche": 0},
            minutes={"cuarto": 15, "media": 30},
            at=("a las", "a la", "las", "la"),
            day={
                **_AMPM,
                **{"de la mañana": AM, "de la madrugada": AM},
                **{"de la tarde": PM, "de la noche": EVENING},
            },
        ),
        "fr": Spoken(
            also=((r"(vingt|cent)s\b", r"\1"),),
            times={"double": 2, "triple": 3},
            linked="et",
            point=("point",),
            star=("étoile", "poste"),
            dates=("le",),
            clock=(
                *(*_PLAIN, "{h} et {m}", "{h} heures", "{h} heure"),
                *("{h} heures {m}", "{h} heure {m}", "{h} heures et {m}", "{h} heure et {m}"),
            ),
            before=(
                *("{h} heures moins {m}", "{h} heure moins {m}"),
                *("{h} heures moins le {m}", "{h} heure moins le {m}", "{h} moins {m}"),
            ),
            hours={"midi": 12, "minuit": 0},
            minutes={"quart": 15, "demie": 30, "demi": 30},
            at=("à",),
            day={**_AMPM, "du matin": AM, "de l'après-midi": PM, "du soir": EVENING},
        ),
        "it": Spoken(
            times={"doppio": 2, "triplo": 3},
            linked="e",
            point=("punto",),
            star=("asterisco", "interno"),
            dates=("il", "l", "del", "di"),
            clock=(
                *(*_PLAIN, "{h} e {m}", "{h} in punto", "{h} ore", "{h} ora", "{h} ore {m}"),
                *("{h} ore e {m} minuti", "{h} ora e {m} minuti"),
                *("{h} ore e {m} minuto", "{h} ora e {m} minuto"),
            ),
            before=("{h} meno {m}",),
            hours={"mezzogiorno": 12, "mezzanotte": 0},
            minutes={"un quarto": 15, "mezza": 30, "mezzo": 30},
            at=("alle", "all", "le", "l"),
            day={
                **_AMPM,
                **{"di mattina": AM, "del mattino": AM, "del pomeriggio": PM},
                **{"di sera": EVENING, "della sera": EVENING, "di notte": NIGHT},
            },
        ),
        "pt": Spoken(
            also=((r"dezas", "dezes"), (r"dezan", "dezen"), (r"catorze", "quatorze")),
            times={"duplo": 2, "triplo": 3},
            digits={"meia": 6},
            linked="e",
            point=("ponto",),
            star=("asterisco", "ramal"),
            dates=("de", "do", "dia", "o", "no"),
            clock=(
                *(*_PLAIN, "{h} e {m}", "{h} em ponto", "{h} horas", "{h} hora", "{h} horas {m}"),
                *("{h} horas e {m}", "{h} hora e {m}"),
                *("{h} horas e {m} minutos", "{h} hora e {m} minutos"),
                *("{h} horas e {m} minuto", "{h} hora e {m} minuto"),
            ),
            before=("{h} menos {m}", "{m} para as {h}", "{m} para a {h}"),
            hours={"meio-dia": 12, "meia-noite": 0},
            minutes={"um quarto": 15, "meia": 30},
            at=("às", "à", "as", "a"),
            day={
                **_AMPM,
                **{"da manhã": AM, "da madrugada": AM, "manhã": AM, "tarde": PM},
                **{"da tarde": PM, "da noite": EVENING},
            },
        ),
        "nl": Spoken(
            times={"dubbel": 2},
            linked="en",
            star=("sterretje", "toestel"),
            noun=-1,
            dates=("de", "op"),
            clock=(*_PLAIN, "{h} uur", "{h} uur {m}", "{m} over {h}", "{m} minuten over {h}"),
            before=("{m} voor {h}", "{m} minuten voor {h}"),
            halves={"half {h}": -30, "{m} over half {h}": -30},
            hours={"middernacht": 0},
            minutes={"kwart": 15},
            at=("om",),
            day={
                **_AMPM,
                **{"'s ochtends": AM, "'s morgens": AM, "'s middags": PM},
                **{"'s avonds": EVENING, "'s nachts": NIGHT},
            },
        ),
        "pl": Spoken(
            times={"dwa razy": 2, "trzy razy": 3},
            linked="i",
            star=("gwiazdka", "wewnętrzny"),
            dates=("roku", "dnia"),
            numbered_months=True,
            clock=(*_PLAIN, "{m} po {h}", "{h} i {m}"),
            before=("za {m} {h}",),
            halves={"wpół do {h}": -30},
            hours={"południe": 12, "północ": 0},
            minutes={"kwadrans": 15},
            at=("o", "godzina", "o godzinie"),
            day={
                **_AMPM,
                **{"rano": AM, "po południu": PM, "wieczorem": EVENING, "w nocy": NIGHT},
            },
        ),
    }
)
_NONE = Spoken(day=_AMPM)


def spoken_of(language: str) -> Spoken:
    """What is known of *language*; of one that nobody told us of, next to nothing."""
    return SPOKEN.get(base_of(language), _NONE)
