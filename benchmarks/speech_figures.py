"""What was understood of what was said, and what it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from rich import box
from rich.console import Console
from rich.table import Table

from ivr.engine.speech import PLAIN

from .speech_corpus import DIGITS, NOISES, PHRASES, Utterance

GOAL_MEDIAN = 0.4  # seconds from the end of speech, with 300 ms of silence that end it
GOAL_CPU = 0.015  # of a core, for each call that is listened to


@dataclass(frozen=True, slots=True)
class Answer:
    """What was heard of an utterance."""

    utterance: Utterance
    text: str
    confidence: float
    after: float | None
    """Seconds since speech ended; None: nothing was heard, or before it ended."""
    failure: str = ""

    @property
    def taken(self) -> str:
        """What a flow takes for an answer; empty: it asks again."""
        asked, words = self.utterance.asked, self.text.split()
        fits = {*words} <= {*DIGITS} if asked == "digits" else self.text in PHRASES[asked]
        return self.text if fits and self.confidence >= PLAIN.confidence else ""

    @property
    def right(self) -> bool:
        """Whether it is what was said; where nobody asked for that, whether nothing is taken."""
        return self.taken == ("" if self.utterance.kind == "other" else self.utterance.words)

    @property
    def errors(self) -> int:
        """Words that are wrong, missing or too many."""
        return distance(self.utterance.words.split(), self.taken.split())


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds: of being listened to and of speech, of processors, and the latest tick."""

    listened: float
    spoken: float
    feeding: float
    recognising: float
    late: float


def distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """The least number of words to change, insert or leave out."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, start=1):
        before, row[0] = row[0], number
        for at, other in enumerate(heard, start=1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (word != other))
    return row[-1]


def print_answers(answers: Sequence[Answer]) -> None:
    """A row for each kind of sentence and group of voices, a column for each noise."""
    table = Table(box=box.MARKDOWN)
    for column in ("said", "voices", *(_noise(noise) for noise in NOISES)):
        table.add_column(column, no_wrap=True)
    rows = dict.fromkeys((each.utterance.kind, each.utterance.voice.group) for each in answers)
    for kind, group in sorted(rows):
        of_row = [
            each
            for each in answers
            if (each.utterance.kind, each.utterance.voice.group) == (kind, group)
        ]
        cells = ([each for each in of_row if each.utterance.noise == noise] for noise in NOISES)
        table.add_row(kind, group, *map(refused if kind == "other" else understood, cells))
    Console(width=140).print(table)
    print("words right, and sentences; of other speech, how often it was taken for an answer")
    for reason, count in Counter(each.failure for each in answers if each.failure).items():
        print(f"{count} times it failed: {reason}")


def understood(answers: Sequence[Answer]) -> str:
    """The share of words that are right, and how many sentences are."""
    words = sum(len(each.utterance.words.split()) for each in answers)
    if not words:
        return ""
    share = max(0.0, 1 - sum(each.errors for each in answers) / words)
    return f"{share:.1%}, {count(answers, lambda each: each.right)}"


def refused(answers: Sequence[Answer]) -> str:
    """How often it was taken for an answer."""
    return f"{count(answers, lambda each: not each.right)} taken" if answers else ""


def count(answers: Sequence[Answer], which: Callable[[Answer], bool]) -> str:
    return f"{sum(map(which, answers))} of {len(answers)}"


def print_delays(answers: Sequence[Answer]) -> None:
    """How soon after speech an answer was there, in each noise."""
    table = Table(box=box.MARKDOWN)
    for column in ("from the end of speech to the answer, ms", "median", "95 %", "most", "answers"):
        table.add_column(column, no_wrap=True)
    every = [each for each in answers if each.after is not None and each.text]
    for noise in NOISES:
        after = [each.after or 0.0 for each in every if each.utterance.noise == noise]
        if len(after) > 1:
            percentiles = quantiles(after, n=100, method="inclusive")
            figures = (percentiles[49], percentiles[94], max(after))
            row = (f"{1000 * figure:.0f}" for figure in figures)
            table.add_row(_noise(noise), *row, str(len(after)))
    Console(width=140).print(table)
    if every:
        middle = median(each.after or 0.0 for each in every)
        print(
            f"median of all: {middle * 1000:.0f} ms; goal: below {GOAL_MEDIAN * 1000:.0f} ms:"
            f" {_verdict(middle < GOAL_MEDIAN)}"
        )


def print_costs(costs: Costs, cores: int) -> None:
    """What listening costs."""
    cpu = (costs.feeding + costs.recognising) / costs.listened
    print(
        f"a call that is listened to, {costs.spoken / costs.listened:.0%} of the time speaking:"
        f" {cpu:.2%} of a core ({costs.recognising / costs.listened:.2%} recognising,"
        f" {costs.feeding / costs.listened:.2%} in the worker and in this benchmark);"
        f" goal: {GOAL_CPU:.1%}: {_verdict(cpu <= GOAL_CPU)}"
    )
    print(f"{cores} cores; a caller's 20 ms came at most {costs.late * 1000:.0f} ms late")


def _noise(noise: float | None) -> str:
    return "no noise" if noise is None else f"noise at {noise:g} dB"


def _verdict(reached: bool) -> str:
    return "reached" if reached else "MISSED"
