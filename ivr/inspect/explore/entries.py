"""Which keys stand for all that a caller may type: one of each class, as far as it can be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from ...engine.call import Call
from ...engine.digits import KEYS, LONGEST_ENTRY, Digits, Keys, Matcher, Verdict
from ...engine.key_patterns import Either, KeyPattern, key_patterns
from ...engine.taking import Rules
from ...engine.validators import Between
from ...engine.values import Secret
from .constants import Constants
from .secrets import MARK
from .standing import Doing

MOST_CHOICES = 60
MOST_ENTRIES = 14
ACCEPTED = (Verdict.MATCH, Verdict.MAX)
CALLER = KEYS[:12]  # those that a phone has
_DAYS = (7, 1, 0, -1, 45, -45, 400, -9000)
_TYPED = ("1234567890" * 4)[:LONGEST_ENTRY]
_SECRET = (MARK + "8146290" * 4)[:LONGEST_ENTRY]


def entries(call: Call, rules: Rules, step: Doing | None, known: Constants) -> list[str]:
    """Keys that would be accepted, one entry of each class; those of a menu are all there."""
    matcher = rules.matcher
    own = list(_of(matcher, _SECRET if rules.sensitive else _TYPED))
    if not is_sampled(rules):
        return own
    found = dict.fromkeys(own[:: max(1, len(own) // 3)][:4])
    for entry in (*_validated(call, step, own), *_met(call, known, rules.sensitive), *_usual(call)):
        if len(found) >= MOST_ENTRIES:
            break
        if entry and len(entry) <= LONGEST_ENTRY and matcher.verdict(entry) in ACCEPTED:
            found[entry] = None
    return list(found)


def wrong(rules: Rules) -> str:
    """A key that can never be part of an answer; empty: each may."""
    keys = (key for key in reversed(CALLER) if key not in rules.terminators)
    return next((key for key in keys if rules.matcher.verdict(key) is Verdict.NO_MATCH), "")


def unfinished(rules: Rules) -> str:
    """A key that is the beginning of an answer, and none; empty: there is no such one."""
    return next((key for key in CALLER if rules.matcher.verdict(key) is Verdict.PARTIAL), "")


def is_sampled(rules: Rules) -> bool:
    """Whether there are more entries than are tried."""
    return not _is_menu(rules.matcher)


def _is_menu(matcher: Matcher) -> bool:
    match matcher:
        case Keys(entries=known):
            return len(known) <= MOST_CHOICES
        case Either(matchers):
            return all(map(_is_menu, matchers))
        case KeyPattern(places, is_open):
            return not is_open and len(places) == 1 and len(places[0]) == 1
    return False


def _of(matcher: Matcher, typed: str = _TYPED) -> Iterator[str]:
    """What *matcher* accepts, by its own account."""
    match matcher:
        case Keys(entries=known):
            yield from sorted(known, key=lambda keys: (len(keys), keys))
        case Either(matchers):
            for each in matchers:
                yield from _of(each, typed)
        case KeyPattern(places, is_open):
            yield "".join(place[0] for place in places) + "1" * is_open
        case Digits(shortest, longest):
            yield typed[:shortest]
            if shortest < longest < LONGEST_ENTRY:
                yield typed[:longest]
        case _:
            yield from filter(None, (_found(matcher, ""),))


def _found(matcher: Matcher, typed: str) -> str:
    """The first entry that *matcher* accepts, of few keys."""
    for key in "1234567890*":
        verdict = matcher.verdict(typed + key)
        if verdict in ACCEPTED:
            return typed + key
        if verdict is Verdict.PARTIAL and len(typed) < 3:
            found = _found(matcher, typed + key)
            if found:
                return found
    return ""


def _validated(call: Call, step: Doing | None, own: list[str]) -> Iterator[str]:
    """Entries of which a validator may take some and turn others down."""
    validators = step.arguments.get("validate", ()) if step else ()
    for each in validators:
        if isinstance(each, Between):
            yield from filter(None, map(_as_keys, _around(each)))
        else:
            yield from (entry[:-1] + last for entry in own[:2] for last in "0123456789")


def _around(span: Between) -> Iterator[object]:
    for end in (span.least, span.most):
        if isinstance(end, int | Decimal):
            yield from (end, end - 1, end + 1)
        elif isinstance(end, date):
            yield from (end, end - timedelta(1), end + timedelta(1))


def _met(call: Call, known: Constants, secret: bool) -> Iterator[str]:
    """What the flow knows: values of its variables, constants that it compares, allowed numbers."""
    yield from (call.secrets[name].reveal() for name in call.secrets if secret)
    scopes = (value for scope in reversed(call.scopes) for value in scope.vars.values())
    values: Iterable[object] = (*call.typed_secrets, *scopes)
    for value in values:
        if isinstance(value, Secret):
            yield value.reveal()
        elif not secret:
            yield _as_keys(value)
    for pattern in known.keys:
        try:
            yield from (next(_of(each)) for each in key_patterns(pattern))
        except ValueError:
            continue  # filled in during the call
    for said in known.said.values():
        yield from map(_as_keys, said)


def _usual(call: Call) -> Iterator[str]:
    today = call.time.astimezone(call.zone).date()
    yield from (f"{today + timedelta(days):%Y%m%d}" for days in _DAYS)
    yield from ("0", "1", "930", "100", "4111111111111111")


def _as_keys(value: object) -> str:
    match value:
        case bool():
            return ""
        case date():
            return f"{value:%Y%m%d}"
        case int() | Decimal():
            return str(value).replace(".", "*")
        case str() if value and all(key in CALLER for key in value):
            return value
    return ""
