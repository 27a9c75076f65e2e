"""The words in a graph of OpenFst, without OpenFst.

A file begins with a header, and behind it may stand the tables of what the numbers on its arcs
mean: first that of inputs, then that of outputs (OpenFst: fst.cc, symbol-table.cc; version 2).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO, Any

_FST = 2125659606
_TABLE = 2125658996
_HAS_INPUTS, _HAS_OUTPUTS = 1, 2
_LONGEST = 10_000  # bytes of a word; a longer one is no word


def symbols(file: Path) -> list[str]:
    """What the outputs of the graph in *file* are called, in the order of the file; none: [].

    Raises `ValueError` for what is no such file, and `OSError`.
    """
    with file.open("rb") as graph:
        if _read(graph, "<i") != _FST:
            raise ValueError(f"{file} is no graph of OpenFst")
        _text(graph), _text(graph)  # type of graph, type of arc
        _, flags = _read(graph, "<i"), _read(graph, "<i")
        graph.seek(4 * 8, 1)  # properties, start, number of states, number of arcs
        inputs = _table(graph) if flags & _HAS_INPUTS else []
        return _table(graph) if flags & _HAS_OUTPUTS else inputs


def _table(graph: IO[bytes]) -> list[str]:
    if _read(graph, "<i") != _TABLE:
        raise ValueError(f"{graph.name}: a table of symbols was expected")
    _text(graph)  # its name
    _, count = _read(graph, "<q"), _read(graph, "<q")
    found = []
    for _ in range(count):
        found.append(_text(graph))
        _read(graph, "<q")  # its number
    return found


def _text(graph: IO[bytes]) -> str:
    length = _read(graph, "<i")
    if not 0 <= length <= _LONGEST:
        raise ValueError(f"{graph.name} is damaged")
    return graph.read(length).decode(errors="replace")


def _read(graph: IO[bytes], form: str) -> Any:
    size = struct.calcsize(form)
    read = graph.read(size)
    if len(read) < size:
        raise ValueError(f"{graph.name} is cut off")
    return struct.unpack(form, read)[0]
