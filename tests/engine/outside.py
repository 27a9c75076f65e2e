"""A call that has something done outside."""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.engine.call import Call
from ivr.engine.effects import Work
from ivr.engine.events import WorkDone, WorkOutcome
from ivr.engine.values import Secret
from ivr.engine.verb import Result
from ivr.engine.verbs import pause

from .driver import Driver

Verb = Callable[[Call], Any]


class Outside(Driver):
    """A call that has something done."""

    def __init__(self, verb: Verb, **variables: Any) -> None:
        super().__init__(verb, lambda call: pause(call, 1))
        self.call.secrets = {"crm": Secret("wonderland")}
        self.call.vars |= variables
        self.start()

    @property
    def ordered(self) -> Mapping[str, Any]:
        return next(effect.order for effect in self.effects if isinstance(effect, Work))

    def done(self, value: Any = None, outcome: WorkOutcome = "ok", reason: str = "") -> Result:
        id = next(effect.id for effect in self.effects if isinstance(effect, Work))
        self.take(WorkDone(id, outcome, value, reason))
        return self.results[0]

    @property
    def failed(self) -> str:
        return self.noted("failed")[0]
