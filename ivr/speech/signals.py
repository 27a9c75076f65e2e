"""How the tones of the telephone network sound in each country: data (ITU-T E.180, supplement 2).

A turn is what is repeated: frequencies that sound together, in hertz, and for how many seconds.
"""

from __future__ import annotations

from ..engine.effects import SignalName

Turn = tuple[tuple[tuple[int, ...], float], ...]


def _even(frequencies: tuple[int, ...], on: float, off: float) -> Turn:
    return ((frequencies, on), ((), off))


def _usual(hertz: int, ringback: tuple[float, float], busy: float, congestion: float) -> _Tones:
    one = (hertz,)
    return {
        "dial": ((one, 3.0),),
        "ringback": _even(one, *ringback),
        "busy": _even(one, busy, busy),
        "congestion": _even(one, congestion, congestion),
    }


_Tones = dict[SignalName, Turn]

ANYWHERE = _usual(425, (1.0, 4.0), 0.5, 0.25)
COUNTRIES: dict[str, _Tones] = {
    "de": _usual(425, (1.0, 4.0), 0.48, 0.24),
    "es": {
        **_usual(425, (1.5, 3.0), 0.2, 0.2),
        "congestion": (*_even((425,), 0.2, 0.2) * 2, *_even((425,), 0.2, 0.6)),
    },
    "fr": _usual(440, (1.5, 3.5), 0.5, 0.25),
    "gb": {
        "dial": (((350, 440), 3.0),),
        "ringback": (*_even((400, 450), 0.4, 0.2), *_even((400, 450), 0.4, 2.0)),
        "busy": _even((400,), 0.375, 0.375),
        "congestion": (*_even((400,), 0.4, 0.35), *_even((400,), 0.225, 0.525)),
    },
    "it": {
        **_usual(425, (1.0, 4.0), 0.5, 0.2),
        "dial": (*_even((425,), 0.2, 0.2), *_even((425,), 0.6, 1.0)),
    },
    "pt": _usual(425, (1.0, 5.0), 0.5, 0.2),
    "us": {
        "dial": (((350, 440), 3.0),),
        "ringback": _even((440, 480), 2.0, 4.0),
        "busy": _even((480, 620), 0.5, 0.5),
        "congestion": _even((480, 620), 0.25, 0.25),
    },
}
COUNTRIES["ca"] = COUNTRIES["us"]
_OF_LANGUAGE = {"en": "us"}


def turn(name: SignalName, where: str) -> Turn:
    """The tone in *where*: a country, or the language of a caller, such as ``en-gb``."""
    language, _, region = where.lower().replace("_", "-").partition("-")
    for country in (region, _OF_LANGUAGE.get(language, language)):
        if country in COUNTRIES:
            return COUNTRIES[country][name]
    return ANYWHERE[name]
