"""Who speaks to the model while it learns, and what he says."""

from __future__ import annotations

import random

from .lexicon import WORDS, read_words

ACCENTS = (
    *["gmw/en-US"] * 4,
    *["gmw/en"] * 2,
    "gmw/en-US-nyc",
    "gmw/en-GB-scotland",
    "gmw/en-GB-x-gbclan",
    "gmw/en-GB-x-gbcwmd",
    "gmw/en-GB-x-rp",
    "gmw/en-029",
)
_VARIANTS = "m1 m3 m4 m7 m8 f1 f2 f4 f5 Andy Annie Michael klatt klatt2 klatt4 anika paul steph2"
VARIANTS = (*_VARIANTS.split(), "john", "Alicia", "edward", "belinda")
"""Voices of espeak-ng, which speaks in its own one time in eight."""
_UNSEEN = "m2 m5 m6 f3 linda steph klatt3 Lee Mike Andrea robert shelby max caleb"
UNSEEN_VARIANTS = tuple(_UNSEEN.split())
"""Never trained on: who is asked how well the model hears."""
FLITE = ("slt", "awb", "kal16", "kal")
UNSEEN_FLITE = ("rms",)

DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh"]
COMMANDS = ["yes", "no", "sales", "support", "operator", "help", "cancel", "billing"]
_KNOWN = read_words(WORDS)


def some_words(others: list[str], chance: random.Random) -> list[str]:
    """Something to say: digits, commands, words of the model, or *others*, which are none."""
    common = [*DIGITS, *COMMANDS]
    vocabulary, least, most = chance.choices(
        [(DIGITS, 1, 8), (common, 1, 1), (common, 2, 5), (_KNOWN, 1, 5), (others, 2, 5)],
        [28, 14, 10, 23, 25],
    )[0]
    return [chance.choice(vocabulary) for _ in range(chance.randint(least, most))]
