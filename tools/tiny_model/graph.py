"""The graph of a vosk model that takes grammars: which sounds follow one another, as which words.

HCLr.fst goes from sounds to words, in any order; vosk composes it with Gr.fst, which says how
likely words are, or with the grammar of a call instead.  OpenFst's programs write both.
"""

from __future__ import annotations

import ctypes.util
import math
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from .lexicon import Lexicon
from .phones import PLACED, PLACES, SILENCE, UNKNOWN

UNKNOWN_WORD = "[unk]"
TOOLS = ("fstcompile", "fstarcsort", "fstconvert")

# Chosen by ear: what a word costs, and a word that is none.  More of the second: less is refused.
_WORD_COST = 2.0
_UNKNOWN_COST = 1.0
_STAY_COST = 0.05
_EVEN = round(math.log(2), 2)  # a pause between words or none: as likely


class ToolsMissing(Exception):
    """The programs of OpenFst are not there."""


def write_graph(lexicon: Lexicon, folder: Path) -> None:
    """Write the graph of the words of *lexicon* as *folder*.

    Raises `ToolsMissing` and `subprocess.CalledProcessError`.
    """
    for tool in TOOLS:
        if not shutil.which(tool):
            raise ToolsMissing(f"{tool} is missing: apt-get install libfst-tools")
    (folder / "phones").mkdir(parents=True)
    words = [*lexicon, UNKNOWN_WORD]
    numbers = _write_sounds_to_words(lexicon, words, folder / "HCLr.fst")
    _write_words(numbers, folder / "words.txt")
    _write_likelihood([numbers[word] for word in lexicon], folder / "Gr.fst")
    # No symbol of the graph tells homophones apart; vosk wants the file, so it names one unused.
    (folder / "disambig_tid.int").write_text(f"{2 * len(PLACED) + 100}\n")
    (folder / "phones" / "word_boundary.int").write_text(
        "".join(f"{number} {_boundary(phone)}\n" for number, phone in enumerate(PLACED, start=1))
    )


class _Arcs:
    """A graph in the making, in OpenFst's text form.

    A phone is one state: its first frame enters it, each further one stays.  Kaldi gives both a
    number of their own.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._states = 0

    def state(self) -> int:
        self._states += 1
        return self._states - 1

    def arc(self, begin: int, end: int, sound: int = 0, word: int = 0, cost: float = 0.0) -> None:
        self.lines.append(f"{begin} {end} {sound} {word} {cost:.5f}")

    def phone(self, begin: int, phone: str, word: int = 0, cost: float = 0.0) -> int:
        """A *phone* from *begin* on, and the state after it."""
        end = self.state()
        self.enter(begin, end, phone, word, cost)
        return end

    def enter(self, begin: int, end: int, phone: str, word: int = 0, cost: float = 0.0) -> None:
        number = PLACED.index(phone) + 1
        self.arc(begin, end, 2 * number, word, cost)
        self.stay(end, phone)

    def stay(self, state: int, phone: str) -> None:
        self.arc(state, state, 2 * PLACED.index(phone) + 1, 0, _STAY_COST)


def _write_sounds_to_words(lexicon: Lexicon, words: list[str], file: Path) -> Mapping[str, int]:
    """Write HCLr.fst; the number of each word in it, which the conversion chooses."""
    first = {word: number for number, word in enumerate(words, start=1)}
    graph = _Arcs()
    start, between, pause = graph.state(), graph.state(), graph.state()

    def end_word(state: int) -> None:
        graph.arc(state, between, cost=_EVEN)
        graph.arc(state, pause, 2 * PLACED.index(SILENCE) + 2, cost=_EVEN)

    end_word(start)
    graph.stay(pause, SILENCE)
    graph.arc(pause, between)
    for word, pronunciations in lexicon.items():
        for said, weight in pronunciations.items():
            places = "S" if len(said) == 1 else "B" + "I" * (len(said) - 2) + "E"
            state, label, cost = between, first[word], _WORD_COST - math.log(weight)
            for phone, place in zip(said, places, strict=True):
                state = graph.phone(state, f"{phone}_{place}", label, cost)
                label, cost = 0, 0.0
            end_word(state)
    end_word(graph.phone(between, UNKNOWN, first[UNKNOWN_WORD], _WORD_COST + _UNKNOWN_COST))
    text = "\n".join([*graph.lines, f"{between} 0", f"{pause} 0", ""])

    with tempfile.TemporaryDirectory() as scratch:
        relabelled = Path(scratch) / "relabelled"
        compiled = _run(["fstcompile"], text.encode())
        by_word = _run(["fstarcsort", "--sort_type=olabel"], compiled)
        look_ahead = ["--fst_type=olabel_lookahead", f"--save_relabel_opairs={relabelled}"]
        file.write_bytes(_run(["fstconvert", *look_ahead], by_word, preload="fstlookahead"))
        pairs = [line.split() for line in relabelled.read_text().splitlines() if line.strip()]
    chosen = {int(old): int(new) for old, new in pairs}
    return {word: chosen[number] for word, number in first.items()}


def _write_words(numbers: Mapping[str, int], file: Path) -> None:
    rows = [("<eps>", 0), *sorted(numbers.items(), key=lambda row: row[1])]
    further = enumerate(("#0", "<s>", "</s>"), start=rows[-1][1] + 1)
    rows += [(symbol, number) for number, symbol in further]
    file.write_text("".join(f"{word} {number}\n" for word, number in rows))


def _write_likelihood(words: Iterable[int], file: Path) -> None:
    """Write Gr.fst, where no grammar is asked for: each word is as likely as any."""
    numbers = list(words)
    cost = math.log(len(numbers))
    lines = [f"0 0 {number} {number} {cost:.4f}" for number in numbers]
    compiled = _run(["fstcompile"], "\n".join([*lines, "0 1.0", ""]).encode())
    by_sound = _run(["fstarcsort", "--sort_type=ilabel"], compiled)
    file.write_bytes(_run(["fstconvert", "--fst_type=const"], by_sound))


def _boundary(phone: str) -> str:
    return "nonword" if phone == SILENCE else PLACES[phone[-1]]


def _run(command: list[str], sent: bytes, preload: str = "") -> bytes:
    """What *command* makes of *sent*.

    *preload*: a library with a type of graph that Debian's programs do not look for by themselves.
    """
    library = ctypes.util.find_library(preload) if preload else None
    environment = {**os.environ, **({"LD_PRELOAD": library} if library else {})}
    return subprocess.run(
        command, input=sent, capture_output=True, check=True, env=environment
    ).stdout
