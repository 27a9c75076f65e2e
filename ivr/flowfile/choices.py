"""The choices of a question, as a flow file has them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from yaml.nodes import MappingNode, Node

from ..engine.choices import RESERVED, Choice, Choices, Meanings, is_key
from ..engine.codes import Code
from ..engine.digits import LONGEST_ENTRY
from ..engine.key_patterns import is_pattern, key_patterns
from .source import Bad, Field, Wrong

if TYPE_CHECKING:
    from .convert import Context

_PARTS = ("keys", "words", "say")


def read_choices(node: Node, context: Context, known: Collection[str] = ()) -> Choices:
    """``sales: [1, sales, new order]``, or ``sales: {keys: 1, words: [sales], say: our sales}``.

    Notes each key or word that means two choices; *known* are the only names allowed, if any.
    """
    source = context.source
    table: dict[str, Choice] = {}
    meanings = Meanings()
    for name, field in source.fields(node, "choices, such as sales: [1, sales]").items():
        if name in RESERVED:
            wrong = f"a choice cannot be called {name!r}: that is an outcome of ask"
            raise Bad(field.key, wrong, Code.RESERVED_NAME)
        if known and name not in known:
            source.unknown(field.key, "choice", name, known, Code.UNKNOWN_VALUE)
        else:
            table[name] = _Reader(name, context, meanings).choice(field)
    if not table:
        wrong = "expected at least one choice, such as sales: [1, sales]"
        raise Bad(node, wrong, Code.EMPTY_VALUE)
    return Choices(table)


class _Reader:
    """Reads one choice."""

    def __init__(self, name: str, context: Context, meanings: Meanings) -> None:
        self.name = name
        self.context = context
        self.source = context.source
        self.meanings = meanings
        self.keys: list[str] = []
        self.words: list[str] = []

    def choice(self, field: Field) -> Choice:
        say = ""
        if isinstance(field.value, MappingNode):
            parts = self.source.fields(field.value, "keys, words, say")
            for name, part in parts.items():
                if name not in _PARTS:
                    self.source.unknown(part.key, "key", name, _PARTS, Code.UNKNOWN_KEY)
            if "keys" in parts:
                self._each(parts["keys"], "a key", self._key)
            if "words" in parts:
                self._each(parts["words"], "a word", self._word)
            if "say" in parts:
                say = self._text(parts["say"].value, "what it is called") or ""
            found = not parts.keys() <= {"say"}  # another key that it does not know, maybe
        else:
            self._each(field, "a key or a word", self._any)
            found = bool(self.source.items(field.value))
        if not found:
            name = self.name
            wrong = f"{name} needs a key or a word, such as {name}: [1, {name}]"
            self.source.fault(field.key, wrong, Code.EMPTY_VALUE)
        return Choice(tuple(self.keys), tuple(self.words), say)

    def _each(self, field: Field, what: str, take: Callable[[str], None]) -> None:
        for item in self.source.items(field.value):
            way = self._text(item, what)
            if way is None:
                continue
            try:
                take(way)
            except Wrong as wrong:
                self.source.fault(item, str(wrong), wrong.code)
            except ValueError as error:
                self.source.fault(item, str(error), Code.AMBIGUOUS_CHOICE)
            if way in self.words:
                self.context.word_places[way.casefold()] = self.source.place(item)

    def _text(self, node: Node, what: str) -> str | None:
        try:
            text = self.source.text(node, what)
            if not text.strip():
                raise Bad(node, f"expected {what}, found an empty text", Code.EMPTY_VALUE)
        except Bad as bad:
            self.context.note(bad)
            return None
        return text

    def _any(self, way: str) -> None:
        if is_key(way) or is_pattern(way):
            self._key(way)
        else:
            self._word(way)

    def _key(self, way: str) -> None:
        if is_key(way) and len(way) > LONGEST_ENTRY:
            raise Wrong(f"more than {LONGEST_ENTRY} keys; no caller types them", Code.TOO_LARGE)
        try:
            key_patterns(way)
        except ValueError as error:
            raise Wrong(str(error), Code.BAD_PATTERN) from None
        self.meanings.add_key(self.name, way)
        self.keys.append(way)

    def _word(self, way: str) -> None:
        self.meanings.add_word(self.name, way)
        self.words.append(way)
