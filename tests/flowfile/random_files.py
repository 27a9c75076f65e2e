"""Flow files that nobody wrote: verbs with any parameters, well or badly given, and slips."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import NoneType
from typing import Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ivr.engine import verbs as _verbs  # noqa: F401  # declares them
from ivr.engine.choices import Choices
from ivr.engine.effects import Prompt
from ivr.engine.flow import Flow
from ivr.engine.schedule import Closures, Days, Holidays, Hours, Special
from ivr.engine.validators import Validators
from ivr.engine.verb import VERBS, Kind, Pairs
from ivr.flowfile.bind import Signature, is_switch, nested_in, signature_of

Tree = Any  # None: nothing at all; a text: a scalar; lists and dicts of these
Trees = SearchStrategy[Tree]

one = st.sampled_from
_TEXTS: Mapping[str, tuple[Tree, ...]] = {
    "seconds": ("0", "0.5", "3", "300 ms", "2min", "25 h", "100000", "soon", "-1"),
    "keys": ("#", "*#", "none", "5", "12", "x", "-1"),
    "variable": ("x", "account_no", "true", "two words", "caller"),
    "text": ("Hello {{ caller }}", "a", "12", "{{ x"),
    "secret text": ("{{ secrets.crm }}", "a"),
    "expression": ("1 + 1", "caller == '1'", "1", "1 +"),
    "address": ("sip:601@pbx", "tel:+49301", "601"),
    "contact": ("<sip:601@pbx>;q=0.5", "sip:a", "a"),
    "url": ("https://crm.example/x", "http://a/{{ caller }}", "crm.example"),
    "path": ("body.x", "rows[0]"),
    "function": ("tariffs:price", "tariffs.price"),
    "dial pattern": ("6XX", "12", "abc"),
    "key pattern": ("2-5", "6XX", "1"),
    "status": ("busy", "486", "200", "bussy"),
    "header": ("X-Why", "A B"),
    "schedule": ("office",),
}
_PLAIN: Mapping[Any, tuple[Tree, ...]] = {
    bool: ("yes", "no", "true", "False", "Off", "maybe"),
    int: ("0", "1", "3", "32", "101", "180", "-1", "1.5", "x"),
    float: ("0", "0.5", "1", "2", "x"),
    str: ("x", "two words", "12"),
    ZoneInfo: ("Europe/Berlin", "Berlin"),
    Days: ("12-25", "2026-12-24..2027-01-01", "13-01"),
    Hours: ("Mon-Fri 09:00-17:00", ["Mon 9:00-12:00", "Sat 1:00-2:00"], "always"),
    Special: ({"12-24": "09:00-12:00"}, {"12-24": ["09:00-12:00"]}),
    Holidays: ("DE", "DE-BY", "Atlantis"),
    Closures: ("holidays.ics",),
    Flow: ("sub.yaml", "none.yaml"),
    Pairs: ({"Ann": "601"}, "people.yaml", {"argument": "people"}),
    Prompt: (
        *("welcome", "welcom", "two words", {"text": "hi"}, {"tone": "busy"}),
        *({"silence": "1 s"}, {"txt": "hi"}, {"text": "hi", "tone": "busy"}, {}),
    ),
    Choices: (
        *({"x": "1", "y": ["2", "two"]}, {"x": {"keys": "2-5", "say": "ex"}}, {}),
        *({"no_input": "1"}, {"x": []}, {"x": {"key": "1"}}, {"x": {"say": "ex"}}),
    ),
    Validators: (
        *("luhn", ["luhn", {"from": "1", "to": "31"}], {"python": "checks:member"}),
        *("lun", {"zone": "Europe/Berlin"}, {"python": "a:b", "from": "1"}),
    ),
    Any: ("x", "12", {"a": ["1"]}, ["b"]),
}
_SAFE = re.compile(r"[A-Za-z0-9_-][\w.@+/-]*( [\w.@+/-]+)*")


def values(hint: Any, kinds: tuple[str, ...] = ()) -> Trees:
    """What may be given where *hint* is asked for."""
    if hasattr(hint, "__metadata__"):
        found = tuple(m.name for m in hint.__metadata__ if isinstance(m, Kind))
        return values(hint.__origin__, (*found, *kinds))
    if hint in _PLAIN and hint is not str:
        return one(_PLAIN[hint])
    if get_origin(hint) is Literal:
        return one([*get_args(hint), "nay"])
    if (nested := nested_in(hint)) is not None:
        pairs = parameters(signature_of(nested))
        return one(_PLAIN[bool]) | pairs if is_switch(hint) else pairs
    if get_origin(hint) is tuple:
        item = values(get_args(hint)[0], kinds)
        return item | st.lists(item, max_size=2)
    if get_origin(hint) is Mapping:
        name, value = get_args(hint)
        return st.dictionaries(values(name), values(value), max_size=2)
    named = next((kind for kind in kinds if kind in _TEXTS), "")
    if named:
        return one(_TEXTS[named])
    if NoneType in get_args(hint):
        return values(next(arg for arg in get_args(hint) if arg is not NoneType), kinds)
    return one(_PLAIN.get(hint, ("x",)))


def parameters(signature: Signature) -> Trees:
    """Pairs, or the first of them alone."""
    needed: dict[str, Trees] = {}
    further: dict[str, Trees] = {}
    for name, parameter in signature.parameters.items():
        given = values(signature.hints[name])
        if parameter is signature.rest:
            given |= st.lists(given, max_size=2)
        if parameter is signature.pairs:
            further |= {"x": given, "y": given}
        elif signature.needs(parameter):
            needed[name] = given
        else:
            further[name] = given
    if signature.prompts:
        further["text"] = one(_TEXTS["text"])
    alone = [*needed.values(), *further.values()][:1]
    some = st.lists(one(sorted(further)), max_size=3, unique=True) if further else st.just([])
    pairs = some.flatmap(
        lambda names: st.fixed_dictionaries({**needed, **{name: further[name] for name in names}})
    )
    return st.one_of(pairs, pairs, *alone)


@st.composite
def verbs(draw: DrawFn) -> Tree:
    name = draw(one(sorted(VERBS)))
    return {name: draw(parameters(signature_of(VERBS[name].run)))}


_FURTHER: Mapping[str, tuple[Tree, ...]] = {
    "language": ("de",),
    "languages": ("de", ["en", "pt-BR"]),
    "zone": ("Europe/Berlin",),
    "description": ("what it is for", "12"),
    "variables": ({"x": "text"}, {"x": "1", "y": {"type": "number", "default": "1"}}),
    "arguments": (
        {"z": {"type": "text", "default": "a", "description": "b"}},
        {"z": {"type": "prompts", "default": ["welcome", {"text": "hi"}]}},
    ),
    "outcomes": (["yes", "no"], {"yes": "it is so"}),
    "returns": ({"value": "1 + 1"},),
    "handlers": ({"no_input": "a"}, {"busy": {"1": "a", "3": "end"}}),
    "dead_air": ("none", "5 s", {"after": "5 s", "play": "welcome"}),
    "max_duration": ("5 min", {"after": "5 min", "warning": "welcome"}),
    "on_error": ("a",),
    "operator": ("a",),
    "on_hang_up": ({"log": "over"}, [{"log": "over"}]),
    "universal": ({"repeat": "*", "back": ["9"]},),
    "top": ("a",),
}


@st.composite
def files(draw: DrawFn) -> Tree:
    """A flow file, as a tree."""
    found: dict[str, Tree] = {"ivr": "1", "flow": "f", "start": "a"}
    for name in draw(st.lists(one(sorted(_FURTHER)), max_size=2, unique=True)):
        found[name] = draw(one(_FURTHER[name]))
    state: dict[str, Tree] = {"do": ["answer", draw(verbs())]}
    then = draw(one(["end", {"done": "end"}, {"x": "end", "no_input": "a"}, None]))
    if then is not None:
        state["then"] = then
    for name in draw(st.lists(one(["description", "on_error", "on_hang_up"]), max_size=1)):
        state[name] = draw(one(_FURTHER[name]))
    found["states"] = {"a": state}
    return found


@st.composite
def spoilt(draw: DrawFn, trees: Trees) -> Tree:
    """The same with a slip: something is missing, added, or other than it should be."""
    tree = draw(trees)
    places = list(_places(tree))
    owner, key = draw(one(places))
    match draw(one(["gone", "added", "other"])):
        case "gone":
            del owner[key]
        case "added" if isinstance(owner, dict):
            owner["foo"] = "bar"
        case _:
            others: list[Tree] = ["bar", "1", ["bar"], {"foo": "bar"}, [], {}]
            if isinstance(owner, dict):
                others.append(None)
            owner[key] = draw(one(others))
    return tree


def _places(tree: Tree) -> Any:
    keys = list(tree) if isinstance(tree, dict) else range(len(tree))
    for key in keys:
        yield tree, key
        if isinstance(tree[key], dict | list):
            yield from _places(tree[key])


def written(tree: Tree) -> str:
    """*tree* as YAML, in one line."""
    match tree:
        case None:
            return ""
        case dict():
            return "{" + ", ".join(f"{written(k)}: {written(v)}" for k, v in tree.items()) + "}"
        case list():
            return "[" + ", ".join(map(written, tree)) + "]"
        case str() if _SAFE.fullmatch(tree):
            return tree
    return json.dumps(tree)
