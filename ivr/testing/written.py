"""Write down what was done with a handset: a story that passes.

People write "hears the menu, presses 2", and not "waits 3.04 s, presses 2".  So the sentences are
first written as people would, and told once more: where the call then goes another way, because
time did matter, they are written as they were.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from textwrap import shorten
from typing import Any
from zoneinfo import ZoneInfo

from ..engine.effects import Prompt, Text
from ..engine.errors import LoadError
from .errors import StoryError
from .handset import BETWEEN_KEYS, Handset, Refused, Told, sentence, waits
from .scenario import SUFFIX, ScenarioFile, read_step
from .simulated_call import MONDAY, SimulatedCall
from .values import Sound

# Notes that tell of moments: the same call, a little later, has others.
_TIMED = ("recorded", "barge_in", "timer")
_KEYS = re.compile(r"presses: '?([0-9*#]+)'?")
_A_HAIR = 0.0005  # seconds; half of what is written
_A_MOMENT = 0.05  # seconds that nobody would write down
Load = Callable[[Path], ScenarioFile]


def written(phone: Handset, name: str) -> list[str]:
    """The story of *phone* as lines of YAML: an item of ``scenarios``, without indentation."""
    steps, durations = _best(phone)
    offer = {key: value for key, value in _offer(phone).items() if value}
    if durations:
        offer["durations"] = durations
    head = [f"  {sentence(key, value)}" for key, value in offer.items()]
    key = sentence(name, "").removesuffix(" ''")
    return [key, *head, "  steps:", *(f"    - {step}" for step in steps)]


def save(phone: Handset, name: str, flow: Path, load: Load) -> tuple[Path, str]:
    """Add the story of *phone* to the scenarios of *flow*; returns their file, and its name there.

    *load* reads the file as tests do; where the story does not pass there, or the file has no place
    for it, the file stays as it is.  Raises `Refused`.
    """
    try:
        return _save(phone, name, flow, load)
    except OSError as error:
        raise Refused(f"not saved: {error}") from None


def _save(phone: Handset, name: str, flow: Path, load: Load) -> tuple[Path, str]:
    path = flow.with_name(f"{flow.stem}{SUFFIX}")
    is_new = not path.exists()
    known = [] if is_new else [each.name for each in _loaded(load, path).scenarios]
    before = "ivr: 1\nscenarios:" if is_new else path.read_text(encoding="utf-8").rstrip("\n")
    name = _unlike(
        " ".join(name.split()) or shorten(", ".join(phone.call.path), 60) or "by hand", known
    )
    text = "\n".join([before, *(f"  {line}" for line in written(phone, name)), ""])
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


def _offer(phone: Handset) -> dict[str, Any]:
    """What a story says before its steps, and others do not say anyway."""
    usual = {"at": MONDAY, "caller": "+15550100", "dialled": "100"}
    given = {k: v for k, v in phone.offer.items() if k in usual and v != usual[k]}
    if "at" in given:
        given["at"] = _moment(given["at"])
    return given


def _moment(at: datetime) -> str:
    spec = "auto" if at.second or at.microsecond else "minutes"
    if isinstance(at.tzinfo, ZoneInfo):
        return f"{at.replace(tzinfo=None).isoformat(' ', spec)} {at.tzinfo.key}"
    return at.isoformat(" ", spec)


# -- the sentences ---------------------------------------------------------------------------------


def _best(phone: Handset) -> tuple[list[str], Mapping[str, float]]:
    """The steps, as readable as the call lets them be, and the durations that they rely on."""
    lasts: Mapping[str, float] = phone.offer["durations"]
    heard = {sound.prompt for sound in phone.line.sounds if isinstance(sound.prompt, str)}
    relied = {name: seconds for name, seconds in lasts.items() if name in heard}
    plain = [told.step for told in phone.story]
    for steps, durations in (
        (list(_as_people_do(phone)), {}),
        (list(_as_people_do(phone)), relied),
        ([*_together(plain), *_end(phone)], relied),
    ):
        if _comes_to_the_same(phone, steps, durations):
            return steps, durations
    return [*plain, *_end(phone)], relied


def _comes_to_the_same(phone: Handset, steps: list[str], durations: Mapping[str, float]) -> bool:
    call = SimulatedCall(phone.flow, **{**phone.offer, "durations": durations})
    try:
        for step in steps:
            read_step(step, phone.flow).tell(call)
    except (StoryError, LoadError):
        return False
    return _course(call) == _course(phone.call)


def _course(call: SimulatedCall) -> list[tuple[str, str]]:
    return [note for note in call.notes if note[0] not in _TIMED]


def _as_people_do(phone: Handset) -> Iterator[str]:
    """What was heard in place of the time that passed, and keys in a row as one."""
    heard = _Ear(phone.line.sounds)
    since, keys = 0.0, ""
    for told in phone.story:
        if told.name == "waits":
            continue
        key = _key(told)
        if keys and (not key or told.began - since > BETWEEN_KEYS + _A_HAIR):
            yield sentence("presses", keys)
            keys = ""
        if not keys:
            yield from heard.between(since, told.began, told.question)
        if key:
            keys += key
        else:
            yield told.step
        since = told.ended
    if keys:
        yield sentence("presses", keys)
    yield from heard.between(since, phone.line.now, None, over=phone.call.over)
    yield from _end(phone)


def _key(told: Told) -> str:
    """The keys that were pressed, and nothing else was said of it."""
    found = _KEYS.fullmatch(told.step)
    return found[1] if found else ""


def _together(steps: list[str]) -> Iterator[str]:
    """*steps*, with one wait for those in a row."""
    waited = 0.0
    for step in steps:
        if step.startswith("waits: "):
            waited += float(step.removeprefix("waits: ").removesuffix(" s"))
            continue
        if waited:
            yield waits(waited)
        waited = 0.0
        yield step
    if waited:
        yield waits(waited)


def _end(phone: Handset) -> Iterator[str]:
    """Where the call has come to."""
    call = phone.call
    if call.over:
        yield sentence("is_over", call.ended_by)
    else:
        yield sentence("is_in", call.state)
    if len(call.path) > 1:
        yield sentence("goes_through", call.path)


class _Ear:
    """Tells of the sounds of a call, in order, each once."""

    def __init__(self, sounds: list[Sound]) -> None:
        self._left = [each for each in sounds if isinstance(each.prompt, str | Text)]

    def between(
        self, since: float, now: float, question: Sound | None, *, over: bool = False
    ) -> Iterator[str]:
        """What was heard from one moment to another, at which this *question* was asked.

        *over*: so was the call.
        """
        past = [each for each in self._left if each.end <= now + _A_HAIR]
        whole = [each for each in past if each is not question and not each.cut]
        question = question if question in self._left else None
        yield from (sentence("hears", _written(each.prompt)) for each in whole)
        if question is not None:
            yield sentence("is_asked", _written(question.prompt))
        self._left = [each for each in self._left if each not in past and each is not question]
        last = max([since, *(each.end for each in whole)])
        if question is None and not over and now - last > _A_MOMENT:
            yield waits(now - last)


def _written(prompt: Prompt) -> Any:
    """*prompt*, as a file says it."""
    return {"text": prompt.words} if isinstance(prompt, Text) else prompt
