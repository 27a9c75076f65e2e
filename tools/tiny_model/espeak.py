"""espeak-ng, called directly: speech, and which sound begins when."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_char_p, c_int, c_short, c_uint, c_void_p
from typing import Any, NamedTuple

import espeakng_loader
import numpy as np
import numpy.typing as npt

# speak_lib.h of espeak-ng
_SYNCHRONOUS, _PHONEME_EVENTS, _UTF8 = 2, 1, 1
_RATE, _PITCH, _RANGE, _WORD_GAP = 1, 3, 4, 7
_END, _PHONEME = 0, 7


class _Id(ctypes.Union):
    _fields_ = [("number", c_int), ("name", c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", c_int),
        ("unique_identifier", c_uint),
        ("text_position", c_int),
        ("length", c_int),
        ("audio_position", c_int),
        ("sample", c_int),
        ("user_data", c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(c_int, POINTER(c_short), c_int, POINTER(_Event))


class Sound(NamedTuple):
    """A sound of speech, and the sample it begins with."""

    begins: int
    mnemonic: str


class Espeak:
    """The speech of espeak-ng.  One in a process, used by one thread: its state is global.

    The same words do not give the same samples twice: voices flutter.
    """

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, 500, data, _PHONEME_EVENTS)
        self._spoken: list[bytes] = []
        self._sounds: list[Sound] = []
        self._callback = _Callback(self._on_speech)  # kept: espeak-ng does not hold it
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(
        self,
        words: str,
        voice: str = "gmw/en-US",
        *,
        rate: int = 175,
        pitch: int = 50,
        pitch_range: int = 50,
        word_gap: int = 0,
    ) -> tuple[npt.NDArray[np.int16], list[Sound]]:
        """*words* at `self.rate`, and their sounds.

        *rate* is in words per minute, *pitch* and *pitch_range* go from 0 to 100, *word_gap* is
        in units of 10 ms.  Raises `ValueError` for a voice that there is not.
        """
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        for parameter, value in (
            (_RATE, rate),
            (_PITCH, pitch),
            (_RANGE, pitch_range),
            (_WORD_GAP, word_gap),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._spoken, self._sounds = [], []
        text = words.encode() + b"\0"
        self._library.espeak_Synth(text, len(text), 0, 1, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        return np.frombuffer(b"".join(self._spoken), np.int16), self._sounds

    def _on_speech(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._spoken.append(ctypes.string_at(samples, count * 2))
        number = 0
        while (event := events[number]).type != _END:
            if event.type == _PHONEME:
                mnemonic = bytes(event.id.string).split(b"\0")[0].decode(errors="replace")
                self._sounds.append(Sound(event.sample, mnemonic))
            number += 1
        return 0
