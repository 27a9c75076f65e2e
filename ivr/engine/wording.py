"""The texts of a flow in a call: what stands in ``{{ … }}`` is filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from . import templates
from .effects import Prompt, Recorded, Text, Url
from .handed import Handed, Names, in_folder, parts
from .ssml.templates import render_words
from .values import UNWANTED, Value


class Wording:
    """What a call makes of texts, by the names that it knows."""

    __slots__ = ()

    if TYPE_CHECKING:
        folder: str
        given: Mapping[str, Handed]

        def names(self) -> dict[str, Any]: ...

    def text(self, source: str) -> str:
        """*source* with its ``{{ … }}`` filled in.  Raises `FlowError`."""
        return templates.render(source, self.names()) if "{" in source else source

    def texts(self, sources: Mapping[str, str]) -> dict[str, str]:
        """The same of each value of *sources*."""
        return {name: self.text(str(source)) for name, source in sources.items()}

    def address(self, source: str) -> str:
        """The same of a URL: what is filled in cannot leave its own part of it."""
        return templates.render_address(source, self.names())

    def filled(self, part: Any) -> Any:
        """*part*, a plain value, with all its texts filled in; secrets may be among them.

        A text with a secret in it is a `Secret`.  One that is nothing but a ``{{ … }}`` is what
        that stands for: a number stays a number.  Raises `FlowError`.
        """
        match part:
            case str() if "{" in part:
                return templates.render_whole(part, self.names())
            case Mapping():
                return {name: self.filled(value) for name, value in part.items()}
            case list() | tuple():
                return [self.filled(value) for value in part]
        return part

    def patterns(self, sources: Iterable[str]) -> tuple[str, ...]:
        """*sources* with their ``{{ … }}`` filled in; there may be several in one, with spaces."""
        return tuple(each for source in sources for each in self.text(source).split())

    def evaluate(self, expression: str) -> Value:
        """The value of *expression*, such as ``balance > 0``.  Raises `FlowError`."""
        return templates.evaluate(expression, self.names())

    def rendered(self, prompts: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
        """*prompts* with their texts filled in, and those the flow was given in their places.

        Raises `FlowError`.
        """
        return tuple(self._rendered(*part) for part in parts(prompts, self.given))

    def _rendered(self, prompt: Prompt, names: Names) -> Prompt:
        match prompt:
            case Text(words):
                if "{" in words:
                    words = render_words(words, {**names, **self.names()})
                return Text(UNWANTED.sub(" ", words))
            case Recorded(file):
                return Recorded(templates.render(file, {**names, **self.names()}))
            case Url(url):
                return Url(templates.render_address(url, {**names, **self.names()}))
        return in_folder(prompt, self.folder)
