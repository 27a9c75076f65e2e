"""Texts that are spoken: templates, whose text may be SSML."""

from __future__ import annotations

from ..errors import FlowError
from ..mentions import skeleton
from ..saying import prepare
from ..templates import Scope, check_text, render, render_escaped
from .parts import enclosed, escaped, is_ssml
from .read import FILLED_IN, check


class NotSsml(FlowError):
    """A text begins with ``<speak>``, and is no well-formed SSML."""


def check_words(source: str) -> list[str]:
    """What in *source*, a text that is spoken, has no effect: SSML that is not understood.

    Raises `FlowError` unless it is a well-formed text, and `NotSsml` where it should be SSML.
    """
    check_text(source)
    if not is_ssml(source):
        return []
    prepare()
    try:
        return check(skeleton(source, FILLED_IN))
    except FlowError as error:
        raise NotSsml(str(error).replace(FILLED_IN, "{{ … }}")) from None


def render_words(source: str, names: Scope) -> str:
    """The text *source*, which is spoken, with its ``{{ … }}`` filled in; raises `FlowError`.

    What is filled in is words: in SSML it is escaped, and elsewhere it makes no SSML.
    """
    if is_ssml(source):
        return render_escaped(source, names, escaped)
    words = render(source, names)
    return enclosed(words) if is_ssml(words) else words
