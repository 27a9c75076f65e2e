"""SSML, read: what it says, and what of it is not understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import unescape
from typing import TypeVar
from xml.parsers import expat

from ..errors import FlowError
from . import manner
from .parts import PLAIN, Manner, Part, Pause, Words, is_ssml
from .say_as import KINDS, say_as

T = TypeVar("T")
FILLED_IN = "\ue000"
"""What `check` has where a call fills something in; no value is wrong that is made of it."""
_DEEPEST = 30
_HINTS = {4: "this sign is not allowed here; & is written &amp; and < is written &lt;"}  # of expat
_LANG = "xml:lang"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_RESTS = {"p": 0.6, "s": 0.3}  # seconds around them
_ATTRIBUTES = {
    "speak": (_LANG, "version", "xmlns"),
    "p": (_LANG,),
    "s": (_LANG,),
    "lang": (_LANG,),
    "break": ("strength", "time"),
    "emphasis": ("level",),
    "prosody": ("rate", "pitch", "volume"),
    "say-as": ("interpret-as", "format"),
    "sub": ("alias",),
}


def check(text: str) -> list[str]:
    """What in *text*, SSML, is not understood and has no effect.

    Raises `FlowError` where it is not well-formed.
    """
    reading = _Reading("")
    reading.read(text)
    return list(dict.fromkeys(reading.ignored))


def parts_of(text: str, language: str = "") -> tuple[Part, ...]:
    """What *text*, SSML, says to a caller with *language*; no words are empty.

    Of what is not well-formed it is the text between the tags.
    """
    reading = _Reading(language)
    try:
        reading.read(text)
    except FlowError:
        words = " ".join(unescape(re.sub("<[^>]*>?", " ", text)).split())
        return (Words(words),) if words else ()
    return _tidy(reading.parts)


def spoken(text: str, language: str = "") -> str:
    """The plain words of *text*, SSML or not."""
    if not is_ssml(text):
        return text
    said = (part.words if isinstance(part, Words) else " " for part in parts_of(text, language))
    return " ".join("".join(said).split())


def _tidy(parts: list[Part]) -> tuple[Part, ...]:
    """*parts* without needless space, and as few as possible."""
    found: list[Part] = []
    for part in parts:
        match (found[-1] if found else None), part:
            case Words(before, manner), Words(words, same) if manner == same:
                found[-1] = Words(before + words, manner)
            case Pause(before), Pause(seconds):
                found[-1] = Pause(before + seconds)
            case _:
                found.append(part)
    return tuple(
        Words(re.sub(r"\s+", " ", part.words), part.manner) if isinstance(part, Words) else part
        for part in found
        if isinstance(part, Words) or part.seconds
    )


class _Element:
    """An element that is open: what is said in it, and how."""

    __slots__ = ("attributes", "manner", "name", "text")

    def __init__(
        self, name: str, attributes: Mapping[str, str], manner: Manner, text: list[str] | None
    ) -> None:
        self.name = name
        self.attributes = attributes
        self.manner = manner
        self.text = text  # where it is not said as it stands


class _Reading:
    """One text, while it is read."""

    def __init__(self, language: str) -> None:
        self.parts: list[Part] = []
        self.ignored: list[str] = []
        self._language = language
        self._open: list[_Element] = []
        self._rest = 0.0  # seconds, before the next words

    def read(self, text: str) -> None:
        parser = expat.ParserCreate("utf-8")  # whatever the text says of its encoding
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(text.strip().encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            wrong = _HINTS.get(error.code, expat.ErrorString(error.code))
            near = text.strip().encode()[: parser.ErrorByteIndex + 1].decode(errors="ignore")
            raise FlowError(f"no well-formed SSML: {wrong}, behind {near[-30:]}") from None

    def _doctype(self, *declared: object) -> None:
        # Entities can be made to grow without end, or to read files.
        raise FlowError("not allowed: a document type; expected to begin with <speak>")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open and name != "speak":
            raise FlowError(f"begins with <{name}>; expected <speak>, in small letters")
        if len(self._open) >= _DEEPEST:
            raise FlowError(f"nested deeper than {_DEEPEST} levels")
        if name not in _ATTRIBUTES or (name == "speak" and self._open):
            self.ignored.append(f"<{name}> is not known here, its text is spoken")
        for each in attributes.keys() - set(_ATTRIBUTES.get(name, attributes)):
            known = ", ".join(_ATTRIBUTES[name])
            self.ignored.append(f"<{name}> has no {each!r} here; expected {known}")
        outer = self._open[-1] if self._open else _Element("", {}, PLAIN, None)
        text = outer.text
        if name in ("say-as", "sub") and text is None:
            text = []
        self._rest_for(name)
        self._open.append(_Element(name, attributes, self._manner(name, attributes, outer), text))
        if name == "break" and text is None:
            self._break(attributes)

    def _end(self, name: str) -> None:
        element = self._open.pop()
        outer = self._open[-1] if self._open else None
        if element.text is not None and (outer is None or outer.text is None):
            self._put(self._instead(element), element.manner)
        self._rest_for(name)

    def _characters(self, words: str) -> None:
        element = self._open[-1]
        if element.text is None:
            self._put(words, element.manner)
        else:
            element.text.append(words)

    def _put(self, words: str, manner: Manner) -> None:
        last = self.parts[-1] if self.parts else None
        if not words.strip():
            if isinstance(last, Words):
                self.parts[-1] = Words(f"{last.words} ", last.manner)
            return
        if self._rest and isinstance(last, Words):
            self.parts.append(Pause(self._rest))
        self._rest = 0.0
        self.parts.append(Words(words, manner))

    def _rest_for(self, name: str) -> None:
        self._rest = max(self._rest, _RESTS.get(name, 0.0))

    def _break(self, attributes: Mapping[str, str]) -> None:
        self._rest = 0.0
        strength, time = attributes.get("strength", "medium"), attributes.get("time", "")
        seconds = self._understood(
            "break", "time" if time else "strength", time or strength, 0.4,
            lambda value: manner.pause(strength, time),
        )  # fmt: skip
        self.parts.append(Pause(seconds))

    def _manner(self, name: str, attributes: Mapping[str, str], outer: _Element) -> Manner:
        """How words are said in this element."""
        found = outer.manner
        if name in ("speak", "p", "s", "lang") and _LANG in attributes:
            language = self._understood(name, _LANG, attributes[_LANG], "", _language)
            found = replace(found, language=language or found.language)
        if name == "emphasis":
            level = attributes.get("level", "moderate")
            understood = self._understood(name, "level", level, found.emphasis, manner.emphasis)
            found = replace(found, emphasis=understood)
        if name == "prosody":
            found = replace(
                found,
                rate=found.rate * self._times("rate", attributes, manner.rate),
                pitch=found.pitch * self._times("pitch", attributes, manner.pitch),
                volume=found.volume * self._times("volume", attributes, manner.volume),
            )
        return found

    def _times(
        self, name: str, attributes: Mapping[str, str], read: Callable[[str], float]
    ) -> float:
        return self._understood("prosody", name, attributes.get(name, "default"), 1.0, read)

    def _understood(
        self, element: str, name: str, value: str, otherwise: T, read: Callable[[str], T]
    ) -> T:
        """The *value* of an attribute; *otherwise* where it is not understood."""
        if FILLED_IN in value:
            return otherwise
        try:
            return read(value)
        except ValueError as error:
            self.ignored.append(f"<{element} {name}={value!r}>: {error}")
            return otherwise

    def _instead(self, element: _Element) -> str:
        """What is said for an element whose text is not."""
        assert element.text is not None
        text, given = "".join(element.text), element.attributes
        if element.name == "sub":
            if "alias" not in given:
                self.ignored.append("<sub> needs an alias")
            return given.get("alias", text)
        kind = given.get("interpret-as", "")
        language = element.manner.language or self._language
        format = given.get("format", "")
        if FILLED_IN in kind + format or (FILLED_IN in text and kind in KINDS):
            return text
        try:
            return say_as(kind, format, text, language)
        except FlowError as error:
            self.ignored.append(f"<say-as interpret-as={kind!r}>: {error}")
            return text


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError("expected a language, such as de or en-GB")
    return value
