"""The child that speaks with espeak-ng's library: requests and answers as in `synthesis`.

Synchronous: the library calls back with the sound while it is asked for it, and is done when it
returns.  It has one state for the whole process; so has this child.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import cached_property

import espeakng_loader
import numpy as np

from .child import Json
from .espeak_names import Names, pitch
from .synthesis import NoSuchVoice, Voices, finish, serve

# speak_lib.h
_SYNCHRONOUS, _DO_NOT_EXIT = 2, 0x8000
_RATE, _PITCH = 1, 3
_UTF8, _SSML = 1, 0x10
_CHARACTERS = 1  # what a position counts


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        # Each with its rank before and a zero behind it; one more zero ends them.
        ("languages", ctypes.POINTER(ctypes.c_char)),
        ("identifier", ctypes.c_char_p),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class Engine:
    """The library of this process."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DO_NOT_EXIT)
        if self._rate <= 0:
            raise RuntimeError("espeak-ng does not find its data")
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        self._callback = _Callback(self._on_sound)  # kept: the library only has its address
        self._library.espeak_SetSynthCallback(self._callback)
        self._sound = bytearray()

    def say(self, request: Json) -> None:
        """Say something into a file."""
        voice = request["voice"] or self._names.of(request["language"])
        if not voice:
            raise NoSuchVoice
        library, text = self._library, request["text"]
        if library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"there is no voice {voice!r}; `ivr prompts voices` lists them")
        library.espeak_SetParameter(_RATE, request["rate"], 0)
        library.espeak_SetParameter(_PITCH, pitch(request["pitch"]), 0)
        if request["ssml"]:
            # It knows the language of a voice, and no other (1.52).  In SSML, words have no <.
            text = text.replace("<lang ", "<voice ").replace("</lang>", "</voice>")
        content = text.encode() + b"\0"
        self._sound.clear()
        flags = _UTF8 | (_SSML if request["ssml"] else 0)
        failed = library.espeak_Synth(
            content, ctypes.c_size_t(len(content)), 0, _CHARACTERS, 0, flags, None, None
        ) or library.espeak_Synchronize()  # fmt: skip
        if failed:
            raise RuntimeError(f"espeak-ng failed with {failed}")
        samples = np.frombuffer(bytes(self._sound), "<i2").astype(np.float32) / np.float32(2**15)
        finish(samples, self._rate, request)

    def voices(self) -> Voices:
        """All that it knows."""
        return self._names.voices

    @cached_property
    def _names(self) -> Names:
        return Names(self._listed())

    def _listed(self) -> Iterator[tuple[str, list[str]]]:
        listed = self._library.espeak_ListVoices(None)
        index = 0
        while listed[index]:
            voice = listed[index].contents
            yield voice.identifier.decode().lower(), list(_languages(voice.languages))
            index += 1

    def _on_sound(self, samples: int | None, count: int, events: int | None) -> int:
        if samples and count > 0:
            self._sound += ctypes.string_at(samples, 2 * count)
        return 0  # go on


def _languages(content: ctypes._Pointer[ctypes.c_char]) -> Iterator[str]:
    at = 0
    while content[at] != b"\0":
        tag = b""
        at += 1
        while content[at] != b"\0":
            tag += content[at]
            at += 1
        at += 1
        yield tag.decode()


if __name__ == "__main__":
    engine = Engine()
    serve(engine.voices, engine.say)
