"""The code blocks of the documentation, and what each of them is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from yaml import compose
from yaml.nodes import MappingNode, Node, ScalarNode

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?(ivr(?: .*)?)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One of them; `line` is that of its first line."""

    page: str
    line: int
    language: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def root(self) -> Node | None:
        """Of a YAML block."""
        return compose(self.text)

    @property
    def keys(self) -> tuple[str, ...]:
        """Those at the top of a YAML block."""
        root = self.root
        return tuple(key.value for key, _ in root.value) if isinstance(root, MappingNode) else ()

    @property
    def kind(self) -> str:
        """flow, stories, states, verbs, steps, prompts or settings: what a YAML block shows."""
        root, keys = self.root, self.keys
        if "scenarios" in keys:
            return "stories"
        if {"ivr", "states"} & set(keys):
            return "flow" if "states" in keys else "top"
        if not isinstance(root, MappingNode):
            return "steps" if ("is_" in self.text or "hears" in self.text) else "verbs"
        if all(_is_state(value) for _, value in root.value):
            return "states"
        if self.page == "docs/prompts.md" and all(_is_text(value) for _, value in root.value):
            return "prompts"
        return "settings"

    @property
    def commands(self) -> list[str]:
        """The `ivr` commands of a block of shell."""
        return [found.partition("#")[0].strip() for found in _SHELL.findall(self.text)]


def _is_text(node: Node) -> bool:
    return isinstance(node, ScalarNode)


def _is_state(node: Node) -> bool:
    return isinstance(node, MappingNode) and any(key.value == "do" for key, _ in node.value)


def blocks(*languages: str) -> Iterator[Block]:
    """Those in one of *languages*, page by page."""
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        for found in _FENCE.finditer(text):
            if found[2] in languages:
                page = str(path.relative_to(ROOT))
                line = text.count("\n", 0, found.start()) + 2
                yield Block(page, line, found[2], dedent(found[3]))
