"""Prompts of a flow file: ``welcome``, ``{text: words}``, ``{file: music.wav}`` and the like."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from yaml.nodes import MappingNode, Node

from ..engine import mentions, templates
from ..engine.codes import Code
from ..engine.effects import (
    File,
    Given,
    Prompt,
    Recorded,
    Signal,
    SignalName,
    Silence,
    Text,
    Tone,
    Url,
)
from ..engine.errors import FlowError
from ..engine.ssml.templates import NotSsml, check_words
from ..engine.urls import check_url
from .plurals import missing_plurals
from .source import Bad, suggest
from .times import seconds

if TYPE_CHECKING:
    from .convert import Context

_NAME = re.compile(r"\w[\w.-]*")
_TONE = re.compile(r"([a-z0-9 .]+?)(?: for (.+))?")
_HERTZ = re.compile(r"([0-9]{1,5})(?: hz)?")
_SIGNAL = re.compile(r"(?:([a-z]{2}) )?([a-z]+)")
_A_TONE = "expected such as 440 Hz for 1 s, busy, or us busy for 5 s"
LONGEST = 60.0  # seconds, of a tone or a silence


def read_prompt(node: Node, context: Context) -> Prompt:
    """A prompt's name, or one pair that says what is to be heard.  Raises `Bad`."""
    source = context.source
    if isinstance(node, MappingNode):
        fields = source.fields(node, "a prompt")
        for name in fields:
            if name not in WAYS:
                wrong = f"unknown key {name!r}; {suggest(name, WAYS)}"
                raise Bad(fields[name].key, wrong, Code.UNKNOWN_KEY)
        if len(fields) != 1:
            wrong = "expected a prompt's name, or one pair such as text: words"
            raise Bad(node, wrong, Code.ONE_OF_TWO if fields else Code.EMPTY_VALUE)
        ((name, field),) = fields.items()
        return WAYS[name](field.value, context)
    name = source.text(node, "a prompt's name")
    if name.lower().endswith(".wav") and (context.prompts is None or name not in context.prompts):
        wrong = f"{name!r} is no prompt's name; for a file beside the flow: {{file: …}}"
        raise Bad(node, wrong, Code.BAD_NAME)
    if not _NAME.fullmatch(name):
        wrong = f"{name!r} is no prompt's name; for words to be spoken: {{text: …}}"
        raise Bad(node, wrong, Code.BAD_NAME)
    if context.prompts is not None and name not in context.prompts:
        wrong = f"unknown prompt {name!r}; {suggest(name, sorted(context.prompts))}"
        raise Bad(node, wrong, Code.UNKNOWN_PROMPT)
    return name


def _text(node: Node, context: Context) -> Text:
    source = context.source
    words = source.text(node, "words")
    if source.cut_by_comment(node):
        wrong = "to YAML a comment begins inside this text; put it in quotes"
        raise Bad(source.key(node), wrong, Code.CUT_BY_COMMENT)
    try:
        for unknown in check_words(words):
            source.warn(node, unknown, Code.UNKNOWN_SSML)
    except NotSsml as error:
        raise Bad(node, str(error), Code.BAD_SSML) from None
    except FlowError as error:
        raise Bad(node, str(error), Code.BAD_TEMPLATE) from None
    context.uses(node, mentions.names_in_text(words))
    check_plurals(node, words, context.languages)
    return Text(words)


def check_plurals(node: Node, text: str, languages: tuple[str, ...]) -> None:
    """Raises `Bad` where a word that goes with a number lacks a form."""
    if wrong := missing_plurals(text, languages):
        raise Bad(node, wrong, Code.MISSING_PLURAL)


def _file(node: Node, context: Context) -> File:
    name = context.source.text(node, "a sound file beside the flow")
    if Path(name).suffix.lower() != ".wav":
        hint = f"; try: ffmpeg -i {name} {Path(name).stem}.wav" if Path(name).suffix else ""
        raise Bad(node, f"{name!r}: only WAV can be played{hint}", Code.BAD_VALUE)
    folder = Path(context.source.file).resolve().parent
    if context.prompts is not None:
        context.source.beside(node, folder, name)
    return File(str(folder / name))


def _url(node: Node, context: Context) -> Url:
    text = context.source.text(node, "the address of a sound file")
    _check(text, node)
    try:
        check_url(text)
    except ValueError as error:
        raise Bad(node, str(error), Code.BAD_VALUE) from None
    context.uses(node, mentions.names_in_text(text))
    return Url(text)


def _tone(node: Node, context: Context) -> Tone | Signal:
    text = context.source.text(node, "a tone")
    found = _TONE.fullmatch(text.lower())
    if not found:
        raise Bad(node, f"{text!r} is no tone; {_A_TONE}", Code.BAD_VALUE)
    length = _seconds(found[2], node) if found[2] else None
    hertz, signal = _HERTZ.fullmatch(found[1]), _SIGNAL.fullmatch(found[1])
    if hertz:
        if not 20 <= int(hertz[1]) <= 3800:
            wrong = f"{hertz[1]} Hz; a telephone carries 20 to 3800 Hz"
            raise Bad(node, wrong, Code.OUT_OF_RANGE)
        return Tone(int(hertz[1]), Tone().seconds if length is None else length)
    if found[1] == "beep":
        return Tone(seconds=Tone().seconds if length is None else length)
    name = signal[2] if signal else ""
    if not signal or name not in get_args(SignalName):
        known = ("beep", *get_args(SignalName))
        wrong = f"{text!r} is no tone; {_A_TONE}; names: {', '.join(known)}"
        raise Bad(node, wrong, Code.BAD_VALUE)
    country = (signal[1] or "").upper()
    return Signal(name, length or 0.0, country)  # type: ignore[arg-type]


def _silence(node: Node, context: Context) -> Silence:
    return Silence(_seconds(context.source.text(node, "how long"), node))


def _seconds(text: str, node: Node) -> float:
    try:
        found = seconds(text)
    except ValueError as error:
        raise Bad(node, str(error), Code.BAD_TIME) from None
    if not 0 < found <= LONGEST:
        wrong = f"{text!r}: expected a time up to {LONGEST:g} s, such as 500 ms or 2 s"
        raise Bad(node, wrong, Code.OUT_OF_RANGE)
    return found


def _check(text: str, node: Node) -> None:
    try:
        templates.check_text(text)
    except FlowError as error:
        raise Bad(node, str(error), Code.BAD_TEMPLATE) from None


def _recording(node: Node, context: Context) -> Recorded:
    text = context.source.text(node, "what record gave, such as '{{ recording }}'")
    _check(text, node)
    return Recorded(text)


def _argument(node: Node, context: Context) -> Given:
    return Given(context.source.text(node, "an argument of the flow"))


WAYS: dict[str, Callable[[Node, Context], Prompt]] = {
    "text": _text,
    "file": _file,
    "url": _url,
    "tone": _tone,
    "silence": _silence,
    "recording": _recording,
    "argument": _argument,
}
