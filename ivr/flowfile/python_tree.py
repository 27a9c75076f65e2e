"""The syntax tree of a file in Python, and where things stand in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import FunctionType

from ..engine.flow import Place

_SCOPES = (ast.AsyncFunctionDef, ast.FunctionDef, ast.Lambda, ast.ClassDef)


class Tree:
    """One file's syntax tree, with places that count characters where Python counts bytes."""

    def __init__(self, source: bytes) -> None:
        self._lines = source.splitlines()
        self._tree = ast.parse(source)

    def place(self, file: str, node: ast.AST) -> Place:
        line, byte = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
        before = self._lines[line - 1][:byte] if 0 < line <= len(self._lines) else b""
        return Place(file, line, len(before.decode(errors="replace")) + 1)

    def flow_place(self, file: str) -> Place:
        """Where ``flow = Flow(…)`` stands."""
        for node in self._tree.body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id="flow")])
                    | ast.AnnAssign(target=ast.Name(id="flow"))
                ):
                    return self.place(file, node)
        return Place(file)

    def function(self, step: FunctionType) -> ast.AsyncFunctionDef | None:
        first = step.__code__.co_firstlineno
        for node in ast.walk(self._tree):
            if isinstance(node, ast.AsyncFunctionDef) and node.name == step.__name__:
                top = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                if top <= first <= node.lineno:
                    return node
        return None


def own(function: ast.AST) -> Iterator[ast.AST]:
    """What belongs to *function* itself, not to functions and classes inside it."""
    todo: list[ast.AST] = list(getattr(function, "body", ()))
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, _SCOPES):
            todo += ast.iter_child_nodes(node)


def branches(value: ast.AST | None) -> list[ast.AST | None]:
    """What *value* may be, if it depends on a condition."""
    if isinstance(value, ast.IfExp):
        return [*branches(value.body), *branches(value.orelse)]
    return [value]


def binds(name: ast.Name) -> bool:
    """Whether *name* is given a value there."""
    return not isinstance(name.ctx, ast.Load)
