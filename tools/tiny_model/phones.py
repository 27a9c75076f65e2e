"""The sounds that words are made of: those of espeak-ng, and fewer of them."""

from __future__ import annotations

SILENCE = "SIL"
UNKNOWN = "GBG_S"
"""The sound of any speech at all, of which the word `[unk]` is made."""
_CONSONANTS = "p b t d k g f v T D s z S Z h tS dZ m n N l r w j @L"
_VOWELS = "I i: E a V 0 U u: O: @ 3 3: eI aI OI oU aU A@ O@ i@"
PHONES = (SILENCE, *_CONSONANTS.split(), *_VOWELS.split())
PLACES = {"B": "begin", "E": "end", "I": "internal", "S": "singleton"}
"""Of a phone in its word: Kaldi tells from it where words begin."""
PLACED = (SILENCE, *(f"{phone}_{place}" for phone in PHONES[1:] for place in PLACES), UNKNOWN)
"""The phones of the graph, which count from 1.  Those of one sound share its output."""
OUTPUTS = (0, *(number for number in range(1, len(PHONES)) for _ in PLACES), len(PHONES) + 1)
"""Which output of the network belongs to each of them; the last two are no speech, and speech."""

RHOTIC = ("gmw/en-US", "gmw/en-US-nyc", "gmw/en-GB-scotland")
_STRESS = "',=%"
_LIKE = {
    mnemonic: phone
    for phone, mnemonics in {
        "p": "p2",
        "t": "t2 t[",
        "d": "d# d2 t#",
        "k": "k2 x",
        "T": "T2",
        "D": "D2",
        "s": "s2",
        "z": "z2 z/2",
        "S": "s;",
        "h": "C",
        "m": "m-",
        "n": "n- n2",
        "N": "N-",
        "l": "l/ l/2",
        "r": "r- r/ r2 R R2",
        "w": "w#",
        "I": "I2 I#",
        "i:": "i i2",
        "E": "e E2 e@",
        "a": "aa a2",
        "V": "V2",
        "0": "A: A 02 O",
        "U": "U2 U@",
        "u:": "u",
        "O:": "O2",
        "@": "a# @- @2 @5",
        "3:": "IR VR",
        "aI": "aI2",
        "oU": "o",
        "O@": "o@",
    }.items()
    for mnemonic in mnemonics.split()
}
_OTHERS: dict[str, tuple[str, ...]] = {
    ";": (),  # glides on to the next vowel
    "i@3": ("i@", "3"),
    "aI@": ("aI", "@"),
    "aI3": ("aI", "3"),
    "aU@": ("aU", "@"),
    "aU3": ("aU", "3"),
    "n~": ("n", "j"),
}


def phones_of(mnemonic: str, accent: str) -> tuple[str, ...]:
    """What espeak-ng calls *mnemonic*, in *accent*.  Raises `KeyError` for a sound not known."""
    plain = mnemonic.lstrip(_STRESS)
    if not plain or plain.startswith("_"):
        return (SILENCE,)
    sounds = _OTHERS.get(plain, (_LIKE.get(plain, plain),))
    if accent not in RHOTIC:
        sounds = tuple("@" if sound == "3" else sound for sound in sounds)
    for sound in sounds:
        if sound not in PHONES:
            raise KeyError(mnemonic)
    return sounds
