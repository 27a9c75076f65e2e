"""A YAML file as text with places: every scalar is what stands there, every fault has its place."""

from __future__ import annotations

import os
import re
from bisect import bisect
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from errno import EINVAL
from pathlib import Path

from yaml.error import MarkedYAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from ..engine.codes import Code
from ..engine.errors import Fault, LoadError
from ..engine.flow import Place
from ..engine.values import UNWANTED
from .scan import Reading, Remedy, quoted

LARGEST_FILE = 200_000  # bytes; read in two seconds
MOST_FAULTS = 100  # of one file; who sees a hundred does not need the others yet
LONGEST_MESSAGE = 400  # characters
_LONG_VALUE = re.compile(r"""(['"])([^'"]{40})[^'"]{40,}\1""")
_BREAK = re.compile(r"\r\n?|\n")  # as editors count lines; YAML would know three more


class Bad(Exception):
    """A fault at one place: raised by whoever reads a value, noted by whoever goes on after it."""

    def __init__(self, node: Node, message: str, code: Code) -> None:
        super().__init__(message)
        self.node = node
        self.message = message
        self.code = code


class Wrong(ValueError):
    """What is wrong with a text, where its kind alone does not say what sort of fault it is."""

    def __init__(self, message: str, code: Code) -> None:
        super().__init__(message)
        self.code = code


class Field:
    """A key of a mapping and its value, as nodes."""

    __slots__ = ("key", "value")

    def __init__(self, key: Node, value: Node) -> None:
        self.key = key
        self.value = value


class Source:
    """One file being read, and what was found wrong with it so far.

    `noted` counts what was, also where `faults` has it already from another use of a template;
    `others` are the contents of the files that what stands here takes its values from.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []
        self.noted = 0
        self.others: list[bytes] = []
        self._text = text
        self._lines = [0, *(found.end() for found in _BREAK.finditer(text))]
        self._swallowed: dict[Node, Remedy] = {}
        self._keys: dict[Node, Node] = {}
        self._looked_at: set[Node] = set()
        self._use = ""
        self._is_data = False
        self._told: set[tuple[int, str]] = set()

    @classmethod
    def parse(cls, path: Path) -> tuple[Source, Node | None]:
        """Read *path*; the node is None where there is nothing in it.

        Raises `LoadError` when it is no YAML at all.
        """
        return cls.read(str(path), read_text(path))

    @classmethod
    def read(cls, file: str, text: str) -> tuple[Source, Node | None]:
        """The same, of a *text* that is said to stand in *file*."""
        source = cls(file, text)
        return source, source._compose()

    def _compose(self) -> Node | None:
        try:
            reading = Reading(self._text)
        except ReaderError as error:
            sign = chr(error.character)
            wrong = f"the character {sign!r} is not allowed; remove it"
            self._at(error.position, wrong, Code.BAD_CHARACTERS)
            raise LoadError(self.faults) from None
        try:
            root: Node | None = reading.get_single_node()
        except (MarkedYAMLError, ValueError, OverflowError) as error:
            self._broken(reading, error)
            raise LoadError(sorted(self.faults)) from None
        self._swallowed, self._keys = reading.remedies, reading.keys
        return root

    def _broken(self, reading: Reading, error: Exception) -> None:
        """Note what made the text unreadable: in most cases something that was swallowed."""
        for index, remedy in reading.swallowed.items():
            self._at(index, *remedy)
        if reading.suspects and reading.flow_level:
            wrong = "# begins a comment here; put the text in quotes"
            self._at(reading.suspects[-1], wrong, Code.CUT_BY_COMMENT)
        if not self.faults:
            if isinstance(error, MarkedYAMLError):
                self._at(*_explained(error))
            else:  # PyYAML, of an escape such as "\U00110000"
                wrong = "no such character; single quotes keep a backslash as it is"
                self._at(reading.index, wrong, Code.NOT_YAML)

    # Places and faults.

    def place(self, node: Node) -> Place:
        return self._place(node.start_mark.index)

    def _place(self, index: int) -> Place:
        index = min(index, len(self._text))
        line = bisect(self._lines, index)
        return Place(self.file, line, index - self._lines[line - 1] + 1)

    def key(self, node: Node) -> Node:
        """The key that *node* is the value of, or stands behind on its line; else *node* itself."""
        return self._keys.get(node, node)

    def fault(self, node: Node, message: str, code: Code) -> None:
        """Note that something is wrong at *node*, and go on.  Raises `LoadError` at the 100th."""
        self._at(node.start_mark.index, message, code)

    def warn(self, node: Node, message: str, code: Code) -> None:
        """Note that something at *node* is not as its author meant it, and can be used."""
        if len(self.warnings) < MOST_FAULTS:
            warning = self.place(node).fault(_short(message), code)
            self.warnings += [warning] if warning not in self.warnings else []

    def note(self, bad: Bad, what: str = "") -> None:
        """Note a fault that was raised, of *what*."""
        self.fault(bad.node, f"{what}: {bad.message}" if what else bad.message, bad.code)

    def unknown(self, node: Node, what: str, name: str, known: Iterable[str], code: Code) -> None:
        """Note an unknown *name*, with what it may have been meant to be."""
        self.fault(node, f"unknown {what} {name!r}; {suggest(name, known)}", code)

    def take(self, faults: Collection[Fault]) -> None:
        """Note the *faults* of another file that this one needs."""
        self.noted += len(faults)
        self.faults += faults

    def _at(self, index: int, message: str, code: Code) -> None:
        self.noted += 1
        message = _short(message)
        if self._use:
            if (index, message) in self._told:
                return  # the first use is enough
            self._told.add((index, message))
            message += self._use
        self.faults.append(self._place(index).fault(message, code))
        if len(self.faults) >= MOST_FAULTS:
            self.check()

    @contextmanager
    def used_by(self, use: str) -> Iterator[None]:
        """Say of what is noted meanwhile that it is so in this *use* of what stands there."""
        before, self._use = self._use, f" (in {use})" if use else ""
        try:
            yield
        finally:
            self._use = before

    @contextmanager
    def as_data(self) -> Iterator[None]:
        """Take every character meanwhile: it came from outside, and nobody is to say it."""
        before, self._is_data = self._is_data, True
        try:
            yield
        finally:
            self._is_data = before

    def is_swallowed(self, node: Node) -> bool:
        """Whether YAML would not have read *node* as it is written."""
        return node in self._swallowed

    def stands_for(self, made: Node, node: Node) -> Node:
        """*made*, which takes the place of *node*."""
        if node in self._keys:
            self._keys[made] = self._keys[node]
        return made

    def check(self) -> None:
        """Raise `LoadError` if anything was found wrong, also where nobody looked."""
        for node, remedy in self._swallowed.items():
            if node not in self._looked_at and len(self.faults) < MOST_FAULTS:
                self.faults.append(self.place(self.key(node)).fault(*remedy))
        if self.faults:
            raise LoadError(sorted(set(self.faults)))

    # What is written.

    def text(self, node: Node, what: str = "a value") -> str:
        """The text of a scalar.  Raises `Bad` for a list, a mapping, or nothing at all."""
        if not isinstance(node, ScalarNode):
            raise Bad(node, f"expected {what}, found {_kind(node)}", Code.WRONG_SHAPE)
        if node in self._swallowed:
            self._looked_at.add(node)
            raise Bad(self.key(node), *self._swallowed[node])
        if is_empty(node):
            rest = re.compile(r"[ ]*(#[^\r\n]*)?").match(self._text, node.start_mark.index)
            comment = rest[1] if rest else ""
            hint = f"; # begins a comment, put it in quotes: {quoted(comment)}" if comment else ""
            code = Code.CUT_BY_COMMENT if hint else Code.EMPTY_VALUE
            raise Bad(self.key(node), f"expected {what}, found nothing{hint}", code)
        control = UNWANTED.search(node.value)
        if control and not self._is_data:
            wrong = f"the character {control[0]!r} is not allowed in {what}"
            raise Bad(node, wrong, Code.BAD_CHARACTERS)
        return str(node.value)

    def beside(self, node: Node, folder: Path, name: str) -> Path:
        """The file *name* in *folder*.  Raises `Bad` where there is none."""
        path = folder / name
        if not is_file(path):
            wrong = f"no such file: {name!r}, seen from the folder of this one{meant_beside(path)}"
            raise Bad(node, wrong, Code.MISSING_FILE)
        return path

    def cut_by_comment(self, node: Node) -> bool:
        """Whether a comment stands behind *node*, a text without quotes, on its last line."""
        if not isinstance(node, ScalarNode) or node.style is not None:
            return False
        return re.compile(r"[ ]+#").match(self._text, node.end_mark.index) is not None

    def fields(self, node: Node, what: str) -> dict[str, Field]:
        """The keys of a mapping, in order.  Raises `Bad`; notes bad and doubled keys."""
        if not isinstance(node, MappingNode):
            found = self.text(node, what) if isinstance(node, ScalarNode) else ""
            wrong = f"expected {what}, found {repr(found) if found else _kind(node)}"
            raise Bad(node, wrong, Code.WRONG_SHAPE)
        fields: dict[str, Field] = {}
        for key, value in node.value:
            try:
                name = self.text(key, "a key")
            except Bad as bad:
                self.note(bad)
                continue
            if name in fields:
                line = self.place(fields[name].key).line
                wrong = f"{name} is given twice; first in line {line}"
                self.fault(key, wrong, Code.GIVEN_TWICE)
            else:
                fields[name] = Field(key, value)
        return fields

    def items(self, node: Node, what: str = "") -> list[Node]:
        """The items of a list; a single value is a list of one."""
        return list(node.value) if isinstance(node, SequenceNode) else [node]


def read_bytes(path: Path, most: int = -1) -> bytes:
    """What is in *path*, at *most* so many bytes.  Raises OSError, and ValueError for its name.

    A FIFO would keep its reader waiting for ever, and a device might never end.
    """
    if os.path.exists(path) and not os.path.isdir(path) and not is_file(path):
        raise OSError(EINVAL, "not a regular file")
    with path.open("rb") as file:
        return file.read(most)


def read_text(path: Path) -> str:
    """The text of the UTF-8 file *path*, without a byte order mark.  Raises `LoadError`."""
    try:
        raw = read_bytes(path, LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        wrong = f"cannot be read: {why}"
        raise LoadError([Fault(str(path), 0, 0, wrong, Code.UNREADABLE_FILE)]) from None
    if len(raw) > LARGEST_FILE:
        wrong = f"too large; at most {LARGEST_FILE} bytes are read"
        raise LoadError([Fault(str(path), 0, 0, wrong, Code.TOO_LARGE)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        read = error.object  # without the byte order mark
        lines = _BREAK.split(read[: error.start].decode())
        wrong = f"not UTF-8: byte 0x{read[error.start]:02x}; save the file as UTF-8"
        place = Place(str(path), len(lines), len(lines[-1]) + 1)
        raise LoadError([place.fault(wrong, Code.BAD_CHARACTERS)]) from None


def suggest(name: str, known: Iterable[str]) -> str:
    """``did you mean 'x'?``, or what would have been possible."""
    names = list(known)
    close = _close(name, names)
    if close:
        return f"did you mean {close[0]!r}?"
    return "expected " + ("one of " if len(names) > 1 else "") + (", ".join(names) or "nothing")


def _close(name: str, names: list[str]) -> list[str]:
    return get_close_matches(name, names, n=1)


def is_file(path: Path) -> bool:
    """Whether there is a file *path*, which may be any text."""
    return os.path.isfile(path)  # `Path.is_file` raises an error for a name that is too long


def meant_beside(path: Path) -> str:
    """Which file may have been meant by *path*, which is not there: the end of a message."""
    try:
        names = map(Path, sorted(os.listdir(path.parent)))
    except OSError:
        return ""
    beside = {found.stem: found.name for found in names if found.suffix == path.suffix}
    close = _close(path.stem, list(beside))
    return f"; did you mean {beside[close[0]]!r}?" if close else ""


def missing(needed: Iterable[str], given: Collection[str], known: Iterable[str]) -> list[str]:
    """What of *needed* is not *given*, and not misspelt there either, which is told by itself."""
    names = list(known)
    meant = {close for each in given if each not in names for close in _close(each, names)}
    return [name for name in needed if name not in given and name not in meant]


def is_empty(node: Node | None) -> bool:
    """Whether nothing at all stands where a value could."""
    return isinstance(node, ScalarNode) and node.style is None and node.value == ""


def _kind(node: Node) -> str:
    if isinstance(node, SequenceNode):
        return "a list"
    return "key: value pairs" if isinstance(node, MappingNode) else f"{node.value!r}"


def _explained(error: MarkedYAMLError) -> tuple[int, str, Code]:
    """Where, and what is wrong, in words of somebody who writes a flow."""
    problem, context = error.problem or "", error.context or ""
    mark, began = error.problem_mark, error.context_mark
    assert mark is not None
    index = mark.index
    if r"'\t'" in problem:
        return index, "a tab; expected spaces", Code.TAB
    if "quoted scalar" in context and "end of stream" in problem and began:
        return began.index, "this quote is never closed", Code.UNCLOSED
    unclosed = mark.line > (began or mark).line or problem.endswith(("']'", "'}'", "end>'"))
    if "while parsing a flow" in context and began and unclosed:
        wrong = "this bracket is not closed, or quotes are missing in it"
        return began.index, wrong, Code.UNCLOSED
    if problem.startswith("nested"):
        return index, problem, Code.TOO_LARGE
    if "another document" in problem:
        return index, "a second document begins here; a file holds one", Code.SECOND_DOCUMENT
    if "mapping values" in problem:
        wrong = "no key can stand here; expected it in the column of the one above"
        return index, wrong, Code.WRONG_COLUMN
    if "sequence entries" in problem:
        wrong = "no list can begin here; expected it below, or a text in quotes"
        return index, wrong, Code.WRONG_COLUMN
    if "block end" in problem or "could not find expected ':'" in problem:
        wrong = "this belongs to nothing above; expected the column of a key or item above"
        return index, wrong, Code.WRONG_COLUMN
    return index, f"not YAML: {problem}; a text with special signs needs quotes", Code.NOT_YAML


def _short(message: str) -> str:
    """*message*, of which a long value goes before what was expected instead."""
    if len(message) > LONGEST_MESSAGE:
        message = _LONG_VALUE.sub(r"\1\2…\1", message)
    return message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}…"
