"""Each verb has an example, which does the same in both spellings, and the words of others."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ivr.engine.effects import Effect
from ivr.engine.errors import LoadError
from ivr.engine.events import Event
from ivr.engine.flow import Flow
from ivr.engine.verb import VERBS
from ivr.flowfile.verb_examples import PEERS, verb_examples
from ivr.testing import SimulatedCall

from .states import load_states

Story = Callable[[SimulatedCall], object]
each_verb = pytest.mark.parametrize("verb", sorted(VERBS))

# What the caller, and the world outside, do in the example of a verb; else he listens to the end.
STORIES: Mapping[str, Story] = {
    "ask": lambda call: (
        call.is_asked("For sales")
        .presses("9")
        .hears("There is no such choice.")
        .is_asked("For sales")
        .presses("2")
    ),
    "authenticate": lambda call: (
        call.is_asked("Please enter").presses("1234").is_asked("Please enter").presses("4711")
    ),
    "call_flow": lambda call: call.is_asked("Shall we").presses("1"),
    "collect": lambda call: call.is_asked("Please enter").presses("12345").hears("Order 1 2 3 4 5"),
    "confirm": lambda call: call.is_asked("You want").presses("2"),
    "deliver": lambda call: call.leaves_a_message(9).has_in_mailbox("601", new=2),
    "find_name": lambda call: call.is_asked("Spell").presses("266#").hears("Ann Smith has"),
    "http": lambda call: call.waits_for("http", value={"body": {"name": "Ada"}}).hears("Hello Ada"),
    "mailbox": lambda call: call.hears("New messages: 1", "earlier-1.wav"),
    "mark_message": lambda call: call.is_over().has_in_mailbox("601", old=1),
    "notify": lambda call: call.waits_for("notify", value={"status": 200}),
    "python": lambda call: call.waits_for("python", value={"price": 2}).hears("Ten minutes are"),
    "record": lambda call: call.leaves_a_message(9),
    "redirect": lambda call: call.is_redirected_to("sip:100@new.example.com"),
    "reject": lambda call: call.is_rejected_with(486),
    "screen": lambda call: call.is_screened_as("machine", beep=5),
    "send_digits": lambda call: call.is_sent_digits("123#"),
    "sql": lambda call: call.waits_for("sql", value={"rows": [{"balance": 7}], "count": 1}),
    "transfer": lambda call: call.is_transferred_to(
        "sip:601@pbx.example", "busy"
    ).is_transferred_to("sip:602@pbx.example"),
}


def test_each_verb_has_an_example_and_nothing_else_has() -> None:
    assert sorted(verb_examples()) == sorted(VERBS)


@each_verb
def test_the_example_shows_the_verb(verb: str) -> None:
    example = verb_examples()[verb]
    assert re.search(rf"\b{verb}\b", example.yaml)
    assert re.search(rf"await {VERBS[verb].run.__name__}\(\s*call\b", example.python)


@each_verb
def test_it_is_known_what_all_others_have(verb: str) -> None:
    peers = verb_examples()[verb].peers
    assert list(peers) == list(PEERS)
    assert all(words and words == " ".join(words.split()) for words in peers.values())


@each_verb
def test_both_spellings_do_the_same(verb: str, tmp_path: Path) -> None:
    one, other = loaded(verb, tmp_path)
    story = STORIES.get(verb, SimulatedCall.is_over)
    assert log_of(one, story) == log_of(other, story)


@each_verb
def test_both_spellings_do_the_same_where_nobody_answers(verb: str, tmp_path: Path) -> None:
    """No caller, no far end, nothing outside."""
    one, other = loaded(verb, tmp_path)
    assert log_of(one, silence) == log_of(other, silence)


def silence(call: SimulatedCall) -> None:
    call.waits(600)


def loaded(verb: str, folder: Path) -> tuple[Flow, Flow]:
    """Its example in YAML and in Python; after the answer, where it can only stand there."""
    example, answered = verb_examples()[verb], False
    try:
        in_yaml = load_states(folder / "yaml.yaml", example.yaml, answered)
    except LoadError:
        answered = True
        in_yaml = load_states(folder / "yaml.yaml", example.yaml, answered)
    return in_yaml, load_states(folder / "python.py", example.python, answered)


def log_of(flow: Flow, story: Story) -> list[tuple[float, Event | Effect]]:
    """What happens and what the flow does about it, with its times."""
    call = SimulatedCall(flow, mailboxes={"601": [{}]}, secrets={"door": "4711"})
    story(call)
    call.is_over("flow")
    return call.log
