"""Time and size of a build of prompts: cold, when nothing has changed, and when one text has.

    python -m benchmarks.prompts [--prompts 200] [--jobs N]

The texts are made of a few sentences with a fixed seed, as long as those of a telephone menu.
"""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from ivr.project import load_project

SEED = 20261123
PROMPTS = 200
WHAT = ("sales", "support", "accounts", "orders", "returns", "billing", "the front desk")
SENTENCES = (
    "For {what}, press {key}.",
    "Thank you for calling. You are number {key} in the queue for {what}.",
    "All our colleagues in {what} are busy. Please hold the line.",
    "You have chosen {what}. One moment, please.",
    "Please enter the {key} digits of your number for {what}, then press hash.",
)
FLOW = """\
ivr: 1
flow: line
start: hello
states:
  hello: {do: [answer, say: prompt_0], then: end}
"""


def texts(count: int, changed: int = 0) -> str:
    """A file of *count* texts; the first *changed* of them are others than without."""
    chance = random.Random(SEED)
    lines = []
    for number in range(count):
        said = " ".join(
            sentence.format(what=chance.choice(WHAT), key=chance.randint(1, 9))
            for sentence in chance.sample(SENTENCES, chance.randint(1, 3))
        )
        new = "Now: " if number < changed else ""
        lines.append(f'prompt_{number}: "{new}{number}. {said}"\n')
    return "".join(lines)


def build(settings: Path, jobs: int) -> int:
    """Render what is missing; how many that was."""
    prompts = load_project(settings).prompts()
    try:
        missing = len(prompts.missing())
        troubles = prompts.render_all(jobs=jobs)
    finally:
        prompts.close()
    if troubles:
        raise SystemExit(f"{len(troubles)} prompts could not be rendered: {troubles[0]}")
    return missing


def timed(work: Callable[[], int]) -> tuple[float, int]:
    """Seconds that *work* takes, and what it returns."""
    began = perf_counter()
    result = work()
    return perf_counter() - began, result


def measure(folder: Path, count: int, jobs: int) -> list[tuple[str, float, int, int, float]]:
    """For each build: its name, seconds, prompts made, bytes in the cache, seconds of sound."""
    (folder / "prompts").mkdir()
    (folder / "line.yaml").write_text(FLOW)
    settings, file, cache = folder / "ivr.yaml", folder / "prompts/en.yaml", folder / "var/prompts"
    settings.write_text("routes: {'*': line.yaml}\n")
    found = []
    for name, changed in (("cold", 0), ("cached", 0), ("one changed", 1)):
        file.write_text(texts(count, changed))
        took, made = timed(lambda: build(settings, jobs))
        size = sum(each.stat().st_size for each in cache.glob("*.wav"))
        found.append((name, took, made, size, size / 16000))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=PROMPTS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        rows = measure(Path(folder), given.prompts, given.jobs)
    print(f"A build of {given.prompts} prompts, and those that always exist; {given.jobs} voices")
    print(f"{'':12} {'time':>8} {'made':>5} {'per prompt':>11} {'cache':>9} {'sound':>8}")
    for name, took, made, size, sound in rows:
        each = f"{took / made * 1000:.0f} ms" if made else "-"
        print(
            f"{name:12} {took:6.2f} s {made:5} {each:>11}"
            f" {size / 1e6:6.2f} MB {sound / 60:4.1f} min"
        )


if __name__ == "__main__":
    main()
