"""YAML as text: PyYAML without any meaning for scalars, anchors, aliases, tags and directives.

YAML turns ``on``, ``010``, ``12:30`` and ``~`` into something else; here they are what stands
there.  What it would swallow before anyone could look (an unquoted ``*``, ``[#]``, ``!``, ``@``,
``{{ name }}``, a text with ``: `` in it) becomes a text, too, and is noted with its remedy.  So one
reading finds all of it, and whatever else is wrong behind it.
"""

from __future__ import annotations

import re
from typing import Any

from yaml.composer import Composer, ComposerError
from yaml.error import Mark
from yaml.nodes import Node, ScalarNode
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner
from yaml.tokens import ScalarToken

from ..engine.codes import Code

Remedy = tuple[str, Code]

DEEPEST = 40  # levels; a flow has less than ten
_INDICATORS = "*&!%@`|>#"
_BRACES = re.compile(r"\{\{[^\n]{0,500}?\}\}|\{%[^\n]{0,500}?%\}")
# `#` where a key or a word could be, as in `[1, #]` and `{hash: #, star: 1}`.
_KEY_AS_COMMENT = re.compile(r"#[^\s,\[\]{}]*[ ]*[,\]}]")
_LINE = re.compile(r"[^\0\r\n]*")
_BREAKS = "\0\r\n\x85\u2028\u2029"


class Reading(Reader, Scanner, Parser, Composer, BaseResolver):
    """One reading of one text.

    `swallowed`: what is wrong with the text that begins at an index, and the remedy; `remedies`:
    the same, by the node that came of it.
    `keys`: for each value its key; for each item of a list that of the list, if on the same line.
    `suspects`: indices of comments that may have swallowed the end of a list.
    """

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self.swallowed: dict[int, Remedy] = {}
        self.keys: dict[Node, Node] = {}
        self.suspects: list[int] = []
        self.remedies: dict[Node, Remedy] = {}
        self._path: list[Any] = []
        self._in_value = False

    # The scanner: everything that is no structure is a plain text.

    def scan_to_next_token(self) -> None:
        while True:
            while self.peek() == " ":
                self.forward()
            if self.peek() == "#":
                if self.flow_level and self._comment_closes():
                    if _KEY_AS_COMMENT.match(self.buffer, self.pointer):
                        return
                    self.suspects.append(self.index)
                while self.peek() not in _BREAKS:
                    self.forward()
            if not self.scan_line_break():  # type: ignore[no-untyped-call]
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def check_plain(self) -> bool:
        return bool(self.peek() != "\t")

    def fetch_plain(self) -> None:
        self._in_value = self._behind_colon() if self.flow_level else not self.allow_simple_key
        super().fetch_plain()

    fetch_alias = fetch_anchor = fetch_tag = fetch_directive = fetch_plain

    def fetch_flow_mapping_start(self) -> None:
        if _BRACES.match(self.buffer, self.pointer):
            self.fetch_plain()
        else:
            super().fetch_flow_mapping_start()

    def scan_plain(self) -> ScalarToken:
        start, indent = self.get_mark(), self.indent + 1
        swallowed = own = self.peek() in _INDICATORS or self._swallows(indent) > 1
        if self.peek() == "#":
            self.forward()
        token = super().scan_plain()
        end = token.end_mark
        colon: Mark | None = None
        while length := self._swallows(indent):
            if length == 1 and self.flow_level and self.line > start.line:
                break  # a bracket that is not closed is more likely
            swallowed = True
            if length == 1 and colon is None:
                colon = self.get_mark()
            self.forward(length)
            end = self.get_mark()
            self.scan_plain_spaces(indent, start)
            rest = super().scan_plain()
            if rest.value:
                end = rest.end_mark
        if not swallowed:
            return token
        text = self.buffer[start.index : end.index]
        below = not own and colon is not None and colon.line > start.line
        self.swallowed[start.index] = _remedy(text, keys_below=below)
        return ScalarToken(text, True, start, end)

    def _swallows(self, indent: int) -> int:
        """How many characters from here YAML would not take as a part of the text before."""
        if not self.flow_level and self.column < indent:
            return 0
        if self._in_value and self.peek() == ":":
            return 1
        braces = _BRACES.match(self.buffer, self.pointer)
        return len(braces[0]) if braces else 0

    def _comment_closes(self) -> bool:
        """Whether the comment that begins here closes brackets that it did not open."""
        found = _LINE.match(self.buffer, self.pointer)
        line = found[0] if found else ""
        return sum(map(line.count, "]}")) > sum(map(line.count, "[{"))

    def _behind_colon(self) -> bool:
        index = self.pointer - 1
        while index > 0 and self.buffer[index] in " \r\n":
            index -= 1
        return bool(index >= 0 and self.buffer[index] == ":")

    # The composer: which key a value belongs to.

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        self._path.append(index)
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if len(self._path) > DEEPEST:
            raise ComposerError(None, None, f"nested more than {DEEPEST} levels deep", mark)
        key = next((part for part in reversed(self._path) if not isinstance(part, int)), None)
        node = super().compose_node(parent, index)
        self._path.pop()
        if isinstance(node, ScalarNode) and mark.index in self.swallowed:
            self.remedies[node] = self.swallowed[mark.index]
        if node and key and (isinstance(index, Node) or key.start_mark.line == mark.line):
            self.keys[node] = key
        return node


def _remedy(text: str, *, keys_below: bool) -> Remedy:
    shown = text.splitlines()[0]
    shown = shown if len(shown) <= 60 else shown[:60] + "…"
    if keys_below:
        wrong = f"a key cannot have both a value, {shown!r}, and keys below"
        return f"{wrong}; expected one of the two", Code.VALUE_AND_KEYS
    wrong = f"{shown} means something to YAML"
    return f"{wrong}; put it in quotes: {quoted(shown)}", Code.SWALLOWED_BY_YAML


def quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'
