"""Flows that nobody wrote: any verbs, in any order, with any settings."""

from collections.abc import Callable
from functools import partial
from typing import Any, get_args
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ivr.engine.builtins import Type
from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.effects import DigitWay, File, Silence, Text, Tone
from ivr.engine.flow import END, Flow, State, Step
from ivr.engine.schedule import Hours
from ivr.engine.speech import Speech
from ivr.engine.verb import VERBS, BargeIn, Result
from ivr.engine.verbs import answer
from ivr.engine.verbs.transfer import TransferMode

SECONDS = st.sampled_from([0.0, 0.5, 3.0, 20.0])
PROMPTS = st.lists(st.sampled_from(["welcome", Text("for {{ caller }}"), Tone()]), max_size=2)
BARGE_IN = st.sampled_from(get_args(BargeIn))
HARDER: list[dict[str, Any]] = [
    {}, {"validate": ("luhn",)}, {"read_back": (Text("{{ entry }}"),), "sensitive": False},
]  # fmt: skip
SPEECH = st.sampled_from([True, False, Speech(0.4, confirm_below=0.7, longest=1.0)])
ENTRY_KEYS = st.text("123*#", min_size=1, max_size=3)

Arguments = SearchStrategy[tuple[tuple[Any, ...], dict[str, Any]]]


@st.composite
def menus(draw: DrawFn) -> tuple[tuple[Any, ...], dict[str, Any]]:
    keys = draw(st.lists(ENTRY_KEYS, min_size=1, max_size=3, unique=True))
    words = draw(st.booleans())
    own = [ends for ends in ("#", "*#") if not set(ends) & set("".join(keys))]
    table = {
        f"choice{i}": [key, *(["word" * (i + 1)] if words else [])] for i, key in enumerate(keys)
    }
    return tuple(draw(PROMPTS)), {
        "choices": Choices(table),
        "attempts": draw(st.integers(1, 3)),
        "max_no_input": draw(st.none() | st.just(1)),
        "max_no_match": draw(st.none() | st.just(1)),
        "first_digit": draw(SECONDS),
        "inter_digit": draw(SECONDS),
        "barge_in": draw(BARGE_IN),
        "type_ahead": draw(st.sampled_from(["keep", "flush"])),
        "terminators": draw(st.sampled_from([None, "", *own])),
        "no_input_prompts": tuple(draw(PROMPTS)),
        "no_match_prompts": tuple(draw(PROMPTS)),
        "speech": draw(SPEECH),
    }


@st.composite
def entries(draw: DrawFn) -> tuple[tuple[Any, ...], dict[str, Any]]:
    kind = draw(st.sampled_from(get_args(Type)))
    sizes = [{}, {"length": 3}, {"min": 2, "max": 4}, {"max": 1}, {"min": 3}]
    return tuple(draw(PROMPTS)), {
        "into": "entry",
        "type": kind,
        **(draw(st.sampled_from(sizes)) if kind == "digits" else {}),
        "terminators": draw(st.sampled_from(["", "#"])),
        "allow_empty": draw(st.booleans()),
        "attempts": draw(st.integers(1, 3)),
        "first_digit": draw(SECONDS),
        "inter_digit": draw(SECONDS),
        "terminator_timeout": draw(SECONDS),
        "total": draw(st.none() | SECONDS),
        "barge_in": draw(BARGE_IN),
        "type_ahead": draw(st.sampled_from([None, "keep", "flush"])),
        "sensitive": draw(st.booleans()),
        "unfinished_prompts": tuple(draw(PROMPTS)),
        "again_prompts": tuple(draw(PROMPTS)),
        "speech": draw(SPEECH),
        **draw(st.sampled_from(HARDER if kind == "digits" else [{}])),
    }


def given_(*args: Any, **kwargs: SearchStrategy[Any]) -> Arguments:
    return st.tuples(st.just(args), st.fixed_dictionaries(kwargs))


VERB_ARGUMENTS: dict[str, Arguments] = {
    "answer": given_(settle=SECONDS),
    "ask": menus(),
    "authenticate": given_(
        expected=st.just("'11'"), length=st.sampled_from([None, 2]), attempts=st.integers(1, 3)
    ),
    "branch": st.just(((), {"never": "1 > 2", "rich": "caller == 'alice'"})),
    "collect": entries(),
    "confirm": given_("welcome", barge_in=BARGE_IN, attempts=st.integers(1, 3)),
    "early": given_(take_keys=st.booleans()),
    "hang_up": st.just(((), {})),
    "pause": given_(seconds=SECONDS),
    "play": given_(
        File("music.wav"), Silence(0.5), seconds=st.none() | st.just(5.0), barge_in=st.just("any")
    ),
    "record": given_(
        beep=st.booleans(), max_seconds=st.sampled_from([1.0, 30.0]), stop_keys=st.just("#")
    ),
    "record_call": st.just(((("notice",),), {})),
    "stop_recording": st.just(((), {})),
    "say": st.tuples(PROMPTS.map(tuple), st.fixed_dictionaries({"barge_in": BARGE_IN})),
    "schedule": st.just(
        ((), {"open": Hours.parse("Mon-Fri 09:00-17:00"), "zone": ZoneInfo("UTC")})
    ),
    "send_digits": given_("1wW#", by=st.sampled_from(get_args(DigitWay))),
    "screen": given_(wait_for_beep=st.booleans()),
    "set": st.just(((), {"x": "1 + 1", "y": "caller ~ x"})),
    "transfer": given_(
        "sip:601@pbx",
        "sip:602@pbx",
        ring=st.just(20.0),
        order=st.sampled_from(["serial", "parallel"]),
        mode=st.sampled_from(get_args(TransferMode)),
        whisper=st.sampled_from([(), ("a",)]),
        accept=st.sampled_from(["", "1"]),
        ringing=st.sampled_from(["ringback", "far_end", "silence"]),
        longest=st.just(40.0),
        warning=st.sampled_from([(), ("b",)]),
        catch=st.sampled_from([(), ("12",)]),
    ),
}
# These need a key, or time: a state may lead back by them without being a loop.
PROGRESS = ("choice0", "choice1", "choice2", "recorded", "busy")


def _step(walk: Callable[[Call], Any]) -> Step:
    async def step(call: Call) -> str:
        await answer(call, settle=0)
        result: Result = await walk(call)
        return result.outcome

    return step


async def _raises(call: Call) -> Result:
    raise ValueError("broken on purpose")


async def _invents(call: Call) -> Result:
    return Result("invented")


async def _waits(call: Call) -> Result:
    while True:
        await call.next_event()


async def _spins(call: Call) -> Result:
    while True:
        await call.next_event(call.now)


async def _foreign(call: Call) -> Result:
    class Foreign:
        def __await__(self) -> Any:
            yield self

    await Foreign()
    return Result()


BROKEN = (_raises, _invents, _waits, _spins, _foreign)


@st.composite
def flows(draw: DrawFn, broken: bool = False) -> Flow:
    """A flow that passes the check; *broken*: whose states may misbehave all the same."""
    names = [f"s{i}" for i in range(draw(st.integers(1, 5)))]
    flow = Flow("random", start="s0")
    todo, wanted = {"s0"}, set[str]()
    states: dict[str, State] = {}
    for i, name in enumerate(names):
        walk: Callable[[Call], Any]
        outcomes: tuple[str, ...]
        if broken and draw(st.booleans()):
            walk, outcomes = draw(st.sampled_from(BROKEN)), ("done",)
        else:
            verb = VERBS[draw(st.sampled_from(sorted(VERB_ARGUMENTS)))]
            args, kwargs = draw(VERB_ARGUMENTS[verb.name])
            cases = {"cases": kwargs} if verb.name == "branch" else {}
            outcomes = verb.outcomes({**kwargs, **cases})
            walk = partial(_run, verb.run, args, kwargs)
        onward = [*names[i + 1 :], END]
        on = {
            outcome: draw(st.sampled_from([*names, END] if outcome in PROGRESS else onward))
            for outcome in outcomes
        }
        states[name] = State(name, _step(walk), on)
    while todo:
        name = todo.pop()
        wanted.add(name)
        flow.add(states[name])
        todo |= set(states[name].on.values()) - wanted - {END}
    return flow.check()


def _run(run: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], call: Call) -> Any:
    return run(call, *args, **kwargs)
