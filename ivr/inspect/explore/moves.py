"""What can happen next in a call, in classes, each as the steps of a story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ...engine.digits import Verdict
from ...engine.taking import Rules, Taking
from ...testing.line import SimulatedLine
from ...testing.simulated_call import BETWEEN_KEYS, SimulatedCall
from ...testing.steps import Step, sentence
from ...testing.transfers import CODES, FAR_END
from .alike import Alike
from .answers import fails, garbage, succeeds
from .entries import entries, unfinished, wrong
from .standing import doing, failures

Kind = Literal["answer", "silence", "wrong", "outside", "hang_up", "time"]
"""Who decides: `answer` is what the caller does well; with `hang_up` he is gone; all others happen
to a caller who gives no good answer."""
Wait = Literal["question", "transfer", "work", "screening", "recording"]


@dataclass(frozen=True, slots=True)
class Move:
    """Something that can happen; `name` says what, in few words."""

    name: str
    kind: Kind
    steps: tuple[Step, ...] = ()
    silent: bool = False
    """Whether the caller says nothing first, until that has an effect."""


LEAVES = Move("hangs up", "hang_up", (sentence("hangs_up"),))
SILENCE = Move("says nothing", "silence", silent=True)


def waits_for(simulated: SimulatedCall) -> Wait | None:
    """What has to be decided before the call goes on; None: it goes on by itself."""
    line = simulated.line
    if line.session.ended:
        return None
    if line.far_ends.undecided:
        return "transfer"
    if line.jobs:
        return "work"
    if line.over:
        return None
    if line.screening is not None:
        return "screening"
    if line.recording is not None:
        return "recording"
    taking = line.session.call.taking
    return "question" if taking is not None and _is_open(line, taking) else None


def _is_open(line: SimulatedLine, taking: Taking) -> bool:
    """Whether an answer would count now, and none has begun."""
    if taking.typed or taking.speaking:
        return False
    return line.playing is None or taking.rules.barge_in in ("any", "match")


def moves(simulated: SimulatedCall, alike: Alike, faults: bool) -> list[Move]:
    """What can happen now; *faults*: also what nobody expects of phones and services."""
    wait = waits_for(simulated)
    if wait is None:
        return []
    found = list(_MOVES[wait](simulated, alike, faults))
    return found if simulated.line.over else [*found, LEAVES]


def _question(simulated: SimulatedCall, alike: Alike, faults: bool) -> Iterator[Move]:
    taking = simulated.session.call.taking
    assert taking is not None
    listens = simulated.line.listening is not None
    if not any(failures(simulated.session)):  # a right answer does the same at each attempt
        yield from _typed(simulated, taking.rules, alike, faults)
        if listens:
            yield from _said(taking.rules, faults)
    yield SILENCE
    key = wrong(taking.rules)
    if key:
        yield Move(f"presses {key}", "wrong", (_presses(key),))
    if listens:
        yield Move("mumbles", "wrong", (sentence("mumbles"),))


def _typed(simulated: SimulatedCall, rules: Rules, alike: Alike, faults: bool) -> Iterator[Move]:
    call, step = simulated.session.call, doing(simulated.session)
    for keys in entries(call, rules, step, alike.of(call.flows[-1])):
        ends = rules.matcher.verdict(keys) is Verdict.MATCH and rules.terminators[:1]
        yield Move(f"presses {keys}", "answer", (_presses(keys + (ends or "")),))
        if faults:
            yield from _misdialled(keys)
    if rules.allow_empty and rules.terminators:
        end = rules.terminators[0]
        yield Move(f"presses {end} alone", "answer", (_presses(end),))
    begun = unfinished(rules)
    if begun:
        yield Move(f"presses {begun} and no more", "wrong", (_presses(begun),))


def _said(rules: Rules, faults: bool) -> Iterator[Move]:
    """A word for each thing that can be meant."""
    meanings = {rules.understand(word): word for word in reversed(rules.words)}
    for meaning, word in meanings.items():
        if meaning is not None:
            yield Move(f"says {word}", "answer", (sentence("says", text=word),))
    if faults:
        yield Move("is not recognised any more", "wrong", (sentence("listen_fails"),))
        yield Move("speaks, and the recogniser is silent", "wrong", (sentence("is_unheard"),))


def _presses(keys: str, every: float = BETWEEN_KEYS) -> Step:
    pace = {} if every == BETWEEN_KEYS else {"every": every}
    return sentence("presses", keys=keys, **pace)


def _misdialled(keys: str) -> Iterator[Move]:
    """The same keys, lost, late or doubled on their way."""
    if len(keys) > 1:
        yield Move(f"presses {keys}, the last key is lost", "wrong", (_presses(keys[:-1]),))
    doubled = "".join(key * 2 for key in keys)
    yield Move(f"presses {keys}, each key comes twice", "answer", (_presses(doubled, 0.05),))
    yield Move(f"presses {keys}, too late", "answer", (_presses(keys),), silent=True)


def _transfer(simulated: SimulatedCall, alike: Alike, faults: bool) -> Iterator[Move]:
    step = doing(simulated.session)
    to = simulated.line.far_ends.undecided[0].to
    accept = step.arguments.get("accept", "") if step else ""
    ring = step.arguments.get("ring", FAR_END) if step else FAR_END
    soon = {"after": ring / 2} if ring < FAR_END else {}
    for result in CODES:
        given = {"to": to, "result": result, **(soon if result != "no_answer" else {})}
        if result == "answered" and accept:
            given["presses"] = accept
        name = f"{to} {result.replace('_', ' ')}"
        yield Move(name, "outside", (sentence("is_transferred_to", **given),))
    if accept:
        told = sentence("is_transferred_to", to=to, **soon)
        yield Move(f"{to} answered, not accepted", "outside", (told,))
    talks = {"to": to, "result": "talking", **soon, **({"presses": accept} if accept else {})}
    for keys in step.arguments.get("catch", ()) if step else ():
        told = sentence("is_transferred_to", **talks)
        yield Move(f"{to} answered, the caller presses {keys}", "answer", (told, _presses(keys)))


def _work(simulated: SimulatedCall, alike: Alike, faults: bool) -> Iterator[Move]:
    work, call, step = simulated.line.jobs[0], simulated.session.call, doing(simulated.session)
    known = alike.of(call.flows[-1])
    declared = {name: each.type for name, each in getattr(call.vars, "declared", {}).items()}

    def told(name: str, **given: object) -> Move:
        step = sentence("waits_for", job=work.job, **given)
        return Move(f"{work.job} {name}", "outside", (step,))

    late = round(max(0.1, work.seconds - 0.1), 2)
    for number, value in enumerate(succeeds(work, step, declared, known)):
        given = {} if value is None else {"value": value}
        yield told("ok" if not number else f"ok with {value}", **given)
        if not number:
            yield told("ok, slowly", **given, after=late)
    for value in fails(work, step, known):
        given = {} if value is None else {"value": value}
        yield told("failed" if value is None else f"failed with {value}", result="failed", **given)
    yield told("timeout", result="timeout", after=work.seconds)
    if faults:
        for value in garbage(work, step):
            yield told(f"answers {str(value)[:40]}", value=value)


def _screening(simulated: SimulatedCall, alike: Alike, faults: bool) -> Iterator[Move]:
    for found in ("human", "silence"):
        yield Move(f"a {found}", "outside", (sentence("is_screened_as", found=found),))
    beeps = sentence("is_screened_as", found="machine", beep=9.0)
    yield Move("a machine", "outside", (beeps,))
    never = sentence("is_screened_as", found="machine")
    yield Move("a machine that never beeps", "outside", (never,))


def _recording(simulated: SimulatedCall, alike: Alike, faults: bool) -> Iterator[Move]:
    recording = simulated.line.recording
    step = doing(simulated.session)
    assert recording is not None
    effect = recording.effect
    keys = step.arguments.get("stop_keys", "#") if step else "#"
    end = keys[0] if keys else "silence"
    longest = min(effect.max_seconds - 0.5, max(5.0, effect.min_seconds + 1))

    def told(name: str, kind: Kind, seconds: float, ends_with: str) -> Move:
        step = sentence("leaves_a_message", seconds=seconds, ends_with=ends_with)
        return Move(name, kind, (step,))

    if longest > 0 and (keys or effect.silence):
        yield told("leaves a message", "answer", longest, end)
    yield SILENCE
    yield told("leaves a message that is lost", "outside", max(0.1, longest), "failure")


_MOVES = {
    "question": _question,
    "transfer": _transfer,
    "work": _work,
    "screening": _screening,
    "recording": _recording,
}
