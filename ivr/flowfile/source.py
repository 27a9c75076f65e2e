"""A YAML file as text with places: every scalar is what stands there, every fault has its place.

YAML would turn ``on``, ``010``, ``12:30`` and ``~`` into something else; here they stay text, and
whoever needs a number converts it.  What YAML itself swallows before anyone can look (an unquoted
``*``, ``#``, ``!``, ``@`` or ``{{``) is reported at its key, with the remedy: quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import yaml
from yaml.composer import Composer
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from ..engine.errors import Fault, LoadError
from ..engine.flow import Place

LARGEST_FILE = 1_000_000  # characters
_QUOTES = "put it in quotes"


class Bad(Exception):
    """A fault at one place: raised by whoever reads a value, collected by `Source.reading`."""

    def __init__(self, node: Node, message: str) -> None:
        super().__init__(message)
        self.node = node
        self.message = message


class _Text(Reader, Scanner, Parser, Composer, BaseResolver):
    """PyYAML's composer without any meaning for scalars, and without aliases."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "anchor", None) is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            raise yaml.composer.ComposerError(
                None, None, f"{sign}{event.anchor} means something to YAML", event.start_mark
            )
        return super().compose_node(parent, index)


class Source:
    """One file being read, and what was found wrong with it so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    @classmethod
    def parse(cls, path: Path) -> tuple[Source, Node | None]:
        """Read *path*.  Raises `LoadError` when it is no YAML at all."""
        source = cls(str(path))
        try:
            text = source._decode(path.read_bytes())
            return source, source._compose(text)
        except OSError as error:
            raise LoadError([Fault(source.file, 0, 0, f"{error.strerror or error}")]) from None

    def _decode(self, raw: bytes) -> str:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = raw[: error.start].decode("utf-8", "replace")
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            wrong = f"not UTF-8: byte 0x{raw[error.start]:02x}; save the file as UTF-8"
            raise LoadError([Fault(self.file, line, column, wrong)]) from None
        if len(text) > LARGEST_FILE:
            wrong = f"{len(text)} characters; at most {LARGEST_FILE} are read"
            raise LoadError([Fault(self.file, 0, 0, wrong)])
        return text

    def _compose(self, text: str) -> Node | None:
        try:
            return _Text(text).get_single_node()
        except ReaderError as error:
            before = text[: error.position]
            place = before.count("\n") + 1, len(before) - before.rfind("\n")
            wrong = f"the character {chr(error.character)!r} is not allowed"
            raise LoadError([Fault(self.file, *place, wrong)]) from None
        except yaml.MarkedYAMLError as error:
            raise LoadError([self._syntax(text, error)]) from None
        except RecursionError:
            raise LoadError([Fault(self.file, 0, 0, "nested too deeply")]) from None

    def _syntax(self, text: str, error: yaml.MarkedYAMLError) -> Fault:
        """One fault at the key whose value YAML could not read."""
        mark = error.problem_mark or error.context_mark
        line = mark.line if mark else 0
        lines = text.splitlines() or [""]
        written = lines[min(line, len(lines) - 1)]
        key = re.match(r"[\s-]*", written)
        column = key.end() + 1 if key and key.end() < len(written) else 1
        value = written[column - 1 :].partition(": ")[2].strip() or written.strip("- ")
        if re.search(r"(^|[\[{,:]\s*)([*&!@`%]|\{\{)", value) or "{{" in value:
            message = f"{value} means something to YAML; {_QUOTES}: {_quoted(value)}"
        else:
            message = f"not YAML: {error.problem or error.context}"
            if ":" in value:
                message += f"; a text with ': ' in it needs quotes: {_quoted(value)}"
        return Fault(self.file, min(line, len(lines) - 1) + 1, column, message)

    def place(self, node: Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def fault(self, node: Node, message: str) -> None:
        """Note that something is wrong at *node*, and go on."""
        self.faults.append(self.place(node).fault(message))

    def text(self, node: Node, what: str = "a value") -> str:
        """The text of a scalar.  Raises `Bad` for a list, a mapping, or nothing at all."""
        if not isinstance(node, ScalarNode):
            if isinstance(node, MappingNode) and _braces(node):
                raise Bad(node, f'{{{{ … }}}} means something to YAML; {_QUOTES}: "{{{{ … }}}}"')
            raise Bad(node, f"expected {what}, found {_kind(node)}")
        if node.tag.startswith("!") and node.tag != "!":
            raise Bad(node, f"{node.tag} means something to YAML; {_QUOTES}: {_quoted(node.tag)}")
        if node.style is None and node.value == "":
            raise Bad(node, f"expected {what}, found nothing; what begins with # needs quotes")
        return str(node.value)

    def fields(self, node: Node, what: str) -> dict[str, Field]:
        """The keys of a mapping, in order.  Raises `Bad`; notes bad and doubled keys."""
        if not isinstance(node, MappingNode):
            self.text(node, what)  # says it better where quotes are missing
            raise Bad(node, f"expected {what}, found {_kind(node)}")
        if _braces(node):
            self.text(node, what)
        fields: dict[str, Field] = {}
        for key, value in node.value:
            try:
                name = self.text(key, "a key")
            except Bad as bad:
                self.fault(bad.node, bad.message)
                continue
            if name in fields:
                first = fields[name].key.start_mark.line + 1
                self.fault(key, f"{name} is given twice; first in line {first}")
            else:
                fields[name] = Field(key, value)
        return fields

    def items(self, node: Node, what: str) -> list[Node]:
        """The items of a list; a single value is a list of one."""
        if isinstance(node, SequenceNode):
            if node.tag.startswith("!"):
                self.fault(node, f"{node.tag} means something to YAML; {_QUOTES}")
            return list(node.value)
        return [node]

    def unknown(self, node: Node, what: str, name: str, known: Iterable[str]) -> None:
        """Note an unknown *name*, with what it may have been meant to be."""
        self.fault(node, f"unknown {what} {name!r}; {suggest(name, known)}")


class Field:
    """A key of a mapping and its value, as nodes."""

    __slots__ = ("key", "value")

    def __init__(self, key: Node, value: Node) -> None:
        self.key = key
        self.value = value


def suggest(name: str, known: Iterable[str]) -> str:
    """``did you mean 'x'?``, or what would have been possible."""
    names = list(known)
    close = get_close_matches(name, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"expected one of {', '.join(names)}"


def _braces(node: MappingNode) -> bool:
    """Whether *node* is what YAML makes of an unquoted ``{{ name }}``."""
    return any(isinstance(key, MappingNode) for key, _ in node.value)


def _quoted(value: str) -> str:
    return f"'{value}'" if '"' in value else f'"{value}"'


def _kind(node: Node) -> str:
    if isinstance(node, SequenceNode):
        return "a list"
    return "key: value pairs" if isinstance(node, MappingNode) else f"{node.value!r}"
