"""The states of a flow in YAML."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from itertools import pairwise

from yaml.nodes import Node, ScalarNode, SequenceNode

from ..engine.choices import UNIVERSAL
from ..engine.codes import Code
from ..engine.flow import END, Flow, Place, State
from ..engine.handlers import handled
from ..engine.names import KNOWN_NAMES, wrong_name
from ..engine.variables import undeclared
from ..engine.verb import VERBS, Verb
from ..engine.verbs.ask import wrong_terminator
from .bind import addresses_in, bind, prompts_in, signature_of, verb_and_data
from .bound import Bound, outcomes_of, step_of
from .convert import Context
from .lacking import lacking
from .source import Bad, Field, missing, suggest
from .typed import wrong_assignments
from .unread import Unread

_STATE = ("do", "then", "on_error", "on_hang_up", "description")


@dataclass(slots=True)
class Then:
    """``then`` of a state: for each outcome its key and its target, as nodes.

    `whole`: whether every key could be read.
    """

    whole: bool = True
    keys: dict[str, Node] = field(default_factory=dict)
    targets: dict[str, Node] = field(default_factory=dict)


class States:
    """Reads the states of one flow.

    `whole`: whether every arrow of its map could be read; `verbs`: those of the states that could;
    `farewells`: what they say of `on_hang_up`; `own_verbs`: those of the flow's own; `unread`:
    below which keys there may be more than is known.
    """

    def __init__(
        self, context: Context, flow: Flow, own_verbs: dict[str, Verb], unread: Unread
    ) -> None:
        self.own_verbs = own_verbs
        self.unread = unread
        self.context = replace(context, uses=self._uses)
        self.source = context.source
        self.flow = flow
        self.targets: list[Node] = []
        self.whole = True
        self.verbs: dict[str, list[Bound]] = {}
        self.farewells: dict[str, Field] = {}
        self._handled: set[str] = set()

    def unknown_targets(self, states: Collection[str], known: Collection[str]) -> None:
        for node in self.targets if self.unread.isdisjoint(("states", "outcomes")) else ():
            if node.value not in known:
                self.whole = False
                self.source.unknown(
                    node, "state", node.value, [*states, *self.flow.ends], Code.UNKNOWN_STATE
                )

    def state(self, name: str, part: Field, place: Place | None = None) -> State:
        """The state *name*, which stands at *place* if not where it is read."""
        source, then, verbs, on_error = self.source, Then(), None, ""
        try:
            parts = source.fields(part.value, "a state: do, then")
            for key, unknown in parts.items():
                if key not in _STATE:
                    source.unknown(unknown.key, "key", key, _STATE, Code.UNKNOWN_KEY)
            if "on_error" in parts:
                on_error = source.text(parts["on_error"].value, "a state")
                self.targets.append(parts["on_error"].value)
            if "on_hang_up" in parts:
                self.farewells[name] = parts["on_hang_up"]
            self._handled = handled(self.flow, on_error)
            if "do" in parts:
                verbs = self.verbs_of(parts["do"])
            elif missing(("do",), parts, _STATE):
                source.fault(part.key, f"state {name!r} lacks do", Code.MISSING_KEY)
            then = self._then(parts.get("then"), verbs)
            if verbs is not None:
                self.verbs[name] = verbs
                self._check_outcomes(name, verbs, then, parts.get("then", part))
        except Bad as bad:
            self.whole = False
            source.note(bad)
        self.targets += then.targets.values()
        return State(
            name,
            step_of(verbs or []),
            {outcome: str(node.value) for outcome, node in then.targets.items()},
            place or source.place(part.key),
            {outcome: source.place(node) for outcome, node in then.targets.items()},
            frozenset().union(*(bound.prompts for bound in verbs or ())),
            frozenset((a, b.place) for b in verbs or () for a in b.addresses),
            frozenset(bound.flow for bound in verbs or () if bound.flow is not None),
            on_error,
            frozenset(self._handled - then.targets.keys()) & outcomes_of(verbs or []).keys(),
            tuple(bound.act for bound in verbs or ()),
        )

    def _then(self, part: Field | None, verbs: list[Bound] | None) -> Then:
        """Read ``then: {busy: voicemail}``, or ``then: menu`` where there is but one outcome."""
        then, source = Then(), self.source
        if part is None:
            self.whole = self.whole and verbs is not None
            return then
        if isinstance(part.value, ScalarNode):
            source.text(part.value, "a state, or outcome: state pairs")
            # Of verbs that could not be read, any outcome will do to draw the arrow.
            needed = {"": ""} if verbs is None else outcomes_of(verbs)
            needed = {o: of for o, of in needed.items() if o not in self._handled} or needed
            if len(needed) != 1:
                named = f"expected where each outcome leads: {', '.join(needed)}"
                if needed:
                    raise Bad(part.value, named, Code.ONE_STATE_FOR_SEVERAL)
                wrong = "the call ends here; leave then out"
                raise Bad(part.value, wrong, Code.THEN_AFTER_THE_END)
            for outcome in needed:
                then.keys[outcome] = part.key
                then.targets[outcome] = part.value
            return then
        before = source.noted
        pairs = source.fields(part.value, "outcome: state pairs")
        then.whole = source.noted == before
        for outcome, pair in pairs.items():
            then.keys[outcome] = pair.key
            try:
                source.text(pair.value, "a state")
                then.targets[outcome] = pair.value  # a scalar, else it had no text
            except Bad as bad:
                self.whole = False
                source.note(bad)
        return then

    def verbs_of(self, part: Field) -> list[Bound] | None:
        """The verbs of *part*; None when one of them could not be read."""
        nodes = part.value.value if isinstance(part.value, SequenceNode) else [part.value]
        if not nodes:
            wrong = "expected at least one verb, such as say: welcome"
            raise Bad(part.key, wrong, Code.EMPTY_VALUE)
        bound = [self._bound(node) for node in nodes]
        return None if None in bound else [b for b in bound if b is not None]

    def _bound(self, node: Node) -> Bound | None:
        source = self.source
        try:
            name, key, data = verb_and_data(source, node, "a verb such as say: welcome")
        except Bad as bad:
            source.note(bad)
            return None
        verb = VERBS.get(name) or self.own_verbs.get(name)
        if verb is None and "verbs" in self.unread:
            return None
        if verb is None:
            known = sorted({*VERBS, *self.own_verbs})
            source.unknown(key, "verb", name, known, Code.UNKNOWN_VERB)
            return None
        word_places: dict[str, Place] = {}
        context = replace(self.context, word_places=word_places)
        arguments = bind(verb.run, name, key, data, context)
        if arguments is None or arguments.named.get("flow", ...) is None:
            return None
        named = signature_of(verb.run).by_name(arguments)
        wrong = verb.check(named)
        if not wrong and name == "ask":
            wrong = wrong_terminator(named, self.flow.universal)
        if wrong:
            source.fault(key, f"{name}: {wrong}", getattr(wrong, "code", Code.AT_ODDS))
            return None
        for wrong, code in wrong_assignments(verb, named, self.flow):
            if code is not Code.UNKNOWN_VARIABLE or self._knows_variables:
                source.fault(key, f"{name}: {wrong}", code)
        for wrong, code in lacking(verb, named, self.context.means):
            source.fault(key, f"{name}: {wrong}", code)
        return Bound(
            verb,
            arguments,
            key,
            source.place(key),
            verb.outcomes(named),
            prompts_in(verb.run, named),
            verb.enters(named),
            addresses_in(verb.run, named),
            next((each for each in named.values() if isinstance(each, Flow)), None),
            word_places,
        )

    @property
    def _knows_variables(self) -> bool:
        return self.unread.isdisjoint(("variables", "arguments"))

    def _uses(self, node: Node, names: Collection[str]) -> None:
        """A text or an expression at *node* is made of the variables *names*."""
        if self.flow.variables is not None and self._knows_variables:
            for name in sorted(set(names) - self.flow.declared.keys() - set(KNOWN_NAMES)):
                wrong = undeclared(name, self.flow.declared, KNOWN_NAMES)
                self.source.fault(node, wrong, Code.UNKNOWN_VARIABLE)

    def _beyond(self, verbs: list[Bound]) -> tuple[str, ...]:
        """The outcomes of universal choices: a state may say where they lead, and need not."""
        asks = any(bound.verb.name == "ask" for bound in verbs)
        offered = self.flow.universal.names or "universal" in self.unread
        return UNIVERSAL if asks and offered else ()

    def _check_outcomes(self, state: str, verbs: list[Bound], then: Then, at: Field) -> None:
        for bound, after in pairwise(verbs):
            if not bound.goes_on:
                why = "ends the call" if not bound.outcomes else "leads to different states"
                raise Bad(
                    after.key,
                    f"{after.verb.name} is never reached: {bound.verb.name} {why},"
                    " so it can only be the last of do",
                    Code.UNREACHABLE_VERB,
                )
        needed = outcomes_of(verbs)
        said = {*then.keys, *self._handled}
        self.whole = self.whole and then.whole and needed.keys() <= said
        forgotten = missing(needed, said, {*needed, *self._handled})
        if forgotten and then.whole and "handlers" not in self.unread:
            of = ", ".join(dict.fromkeys(needed[outcome] for outcome in forgotten))
            forgets = "then forgets" if then.keys else "then is missing; expected"
            wrong = f"{state}: {forgets} {', '.join(forgotten)} (of {of})"
            self.source.fault(at.key, wrong, Code.FORGOTTEN_OUTCOME)
        extra = self._beyond(verbs)
        for outcome, key in then.keys.items():
            if outcome not in (*needed, *extra):
                names = ", ".join(bound.verb.name for bound in verbs)
                wrong = f"{state}: {names} cannot have the outcome {outcome!r}"
                if needed:
                    hint, code = suggest(outcome, needed), Code.UNKNOWN_OUTCOME
                else:
                    hint, code = "the call ends here; leave then out", Code.THEN_AFTER_THE_END
                self.source.fault(key, f"{wrong}; {hint}", code)


def bad_name(name: str, flow: Flow) -> tuple[str, Code] | None:
    """What is wrong with *name* for a state of *flow*; None: nothing."""
    if name == END:
        return f"{name!r} is where calls end; choose another name", Code.RESERVED_NAME
    if name in flow.outcomes:
        return f"{name!r} is an outcome of the flow; choose another name", Code.RESERVED_NAME
    wrong = wrong_name(name, "state")
    return (wrong, Code.BAD_NAME) if wrong else None
