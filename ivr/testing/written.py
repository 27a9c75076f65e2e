"""Write down what was done with a handset: a story that passes.

People write "hears the menu, presses 2", and not "waits 3.04 s, presses 2".  So the sentences are
first written as people would, and told once more: where the call then goes another way, because
time did matter, they are written as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from tempfile import NamedTemporaryFile
from textwrap import shorten
from typing import Any

from ..engine.effects import Text
from ..engine.errors import LoadError
from .errors import StoryError
from .handset import Handset, Refused
from .scenario import SUFFIX, ScenarioFile
from .simulated_call import BETWEEN_KEYS, MONDAY, SimulatedCall
from .steps import Step, sentence
from .story import Story, head, with_story
from .values import Sound

# Notes that tell of moments: the same call, a little later, has others.
_TIMED = ("recorded", "barge_in", "timer")
_A_HAIR = 0.0005  # seconds; half of what is written
_A_MOMENT = 0.05  # seconds that nobody would write down
Load = Callable[[Path], ScenarioFile]


def save(phone: Handset, name: str, flow: Path, load: Load) -> tuple[Path, str]:
    """Add the story of *phone* to the scenarios of *flow*; returns their file, and its name there.

    *load* reads the file as tests do; where the story does not pass there, or the file has no place
    for it, the file stays as it is.  Raises `Refused`.
    """
    try:
        return _save(phone, name, flow, load)
    except OSError as error:
        folder = flow.absolute().parent
        raise Refused(f"not saved in {folder}: {error.strerror or error}") from None


def _save(phone: Handset, name: str, flow: Path, load: Load) -> tuple[Path, str]:
    path = flow.with_name(f"{flow.stem}{SUFFIX}")
    is_new = not path.exists()
    known = [] if is_new else [each.name for each in _loaded(load, path).scenarios]
    before = head() if is_new else path.read_text(encoding="utf-8")
    name = _unlike(
        " ".join(name.split()) or shorten(", ".join(phone.call.path), 60) or "by hand", known
    )
    text = with_story(before, written(phone).lines(name))
    _prove(text, name, flow, load)
    path.write_text(text, encoding="utf-8")
    return path, name


def _prove(text: str, name: str, flow: Path, load: Load) -> None:
    """Have *text* read beside *flow*, and its story *name* told."""
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=flow.parent, prefix=f".{flow.stem}.", suffix=SUFFIX
    ) as draft:
        draft.write(text if "\nflow:" in text else f"{text}flow: {flow.name}\n")
        draft.flush()
        loaded = _loaded(load, Path(draft.name))
    mine = [each for each in loaded.scenarios if each.name == name]
    for result in (one.run(flow, at) for one in mine for at, flow in loaded.flows.items()):
        if not result.passed:
            raise Refused(f"not saved, as it does not pass on {result.flow}: {result.sentence}")


def _loaded(load: Load, path: Path) -> ScenarioFile:
    try:
        return load(path)
    except LoadError as error:
        raise Refused(f"not saved, as the scenarios cannot be read: {error.faults[0]}") from None


def _unlike(name: str, known: list[str]) -> str:
    """*name*, with a number if there is one of that name."""
    names = (name if number == 1 else f"{name} {number}" for number in range(1, len(known) + 2))
    return next(each for each in names if each not in known)


# -- the sentences ---------------------------------------------------------------------------------


def written(phone: Handset) -> Story:
    """The story of *phone*, as readable as the call lets it be."""
    heard = {sound.prompt for sound in phone.line.sounds if isinstance(sound.prompt, str)}
    lasts = {n: seconds for n, seconds in phone.offer["durations"].items() if n in heard}
    plain = [told.step for told in phone.story]
    story = Story(_offer(phone), tuple(_as_people_do(phone)))
    timed = replace(story, offer={**story.offer, "durations": lasts})
    together = replace(timed, steps=(*_together(plain), *_end(phone)))
    for each in (story, timed, together):
        if _comes_to_the_same(phone, each):
            return each
    return replace(timed, steps=(*plain, *_end(phone)))


def _offer(phone: Handset) -> dict[str, Any]:
    """What a story says before its steps, and others do not say anyway."""
    usual = {"at": MONDAY, "caller": "+15550100", "dialled": "100"}
    return {k: v for k, v in phone.offer.items() if k in usual and v != usual[k]}


def _comes_to_the_same(phone: Handset, story: Story) -> bool:
    try:
        call = story.as_read(phone.flow).tell(phone.flow)
    except (StoryError, LoadError):
        return False
    return _course(call) == _course(phone.call)


def _course(call: SimulatedCall) -> list[tuple[str, str]]:
    return [note for note in call.notes if note[0] not in _TIMED]


def _as_people_do(phone: Handset) -> Iterator[Step]:
    """What was heard in place of the time that passed, and keys in a row as one."""
    heard = _Ear(phone.line.sounds)
    since, keys = 0.0, ""
    for told in phone.story:
        if told.step.name == "waits":
            continue
        key = _keys(told.step)
        if keys and (not key or told.began - since > BETWEEN_KEYS + _A_HAIR):
            yield sentence("presses", keys=keys)
            keys = ""
        if not keys:
            yield from heard.between(since, told.began, told.question)
        if key:
            keys += key
        else:
            yield told.step
        since = told.ended
    if keys:
        yield sentence("presses", keys=keys)
    yield from heard.between(since, phone.line.now, None, over=phone.call.over)
    yield from _end(phone)


def _keys(step: Step) -> str:
    """The keys that were pressed, where nothing else was said of it."""
    is_plain = step.name == "presses" and step.named.keys() == {"keys"}
    return step.named["keys"] if is_plain else ""


def _together(steps: list[Step]) -> Iterator[Step]:
    """*steps*, with one wait for those in a row."""
    for name, several in groupby(steps, lambda step: step.name):
        if name != "waits":
            yield from several
        elif seconds := sum(step.named["seconds"] for step in several):
            yield sentence("waits", seconds=seconds)


def _end(phone: Handset) -> Iterator[Step]:
    """Where the call has come to."""
    call = phone.call
    if call.over:
        yield sentence("is_over", by=call.ended_by)
    else:
        yield sentence("is_in", state=call.state)
    if len(call.path) > 1:
        yield sentence("goes_through", *call.path)


class _Ear:
    """Tells of the sounds of a call, in order, each once."""

    def __init__(self, sounds: list[Sound]) -> None:
        self._left = [each for each in sounds if isinstance(each.prompt, str | Text)]

    def between(
        self, since: float, now: float, question: Sound | None, *, over: bool = False
    ) -> Iterator[Step]:
        """What was heard from one moment to another, at which this *question* was asked.

        *over*: so was the call.
        """
        past = [each for each in self._left if each.end <= now + _A_HAIR]
        whole = [each for each in past if each is not question and not each.cut]
        question = question if question in self._left else None
        yield from (sentence("hears", each.prompt) for each in whole)
        if question is not None:
            yield sentence("is_asked", question.prompt)
        self._left = [each for each in self._left if each not in past and each is not question]
        last = max([since, *(each.end for each in whole)])
        if question is None and not over and now - last > _A_MOMENT:
            yield sentence("waits", seconds=round(now - last, 3))
