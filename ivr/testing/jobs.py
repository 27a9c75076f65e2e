"""What the flow of a simulated call has done outside, and what the story says of it."""

from __future__ import annotations

from typing import Annotated, Any, Self

from ..engine.events import WorkDone, WorkOutcome
from ..engine.verb import DATA, Doc, Seconds
from .memory import Lost
from .opening import Opening

TAKES = 0.05  # seconds that work takes of which a story says nothing else


class Jobs(Opening):
    """Sentences about work that is done outside; `StoryError` where they do not come true."""

    __slots__ = ()

    def waits_for(
        self,
        job: Annotated[str, Doc("what is being done: http, sql, python, notify")],
        result: Annotated[WorkOutcome, Doc("how it ends")] = "ok",
        *,
        value: Annotated[Any, DATA, Doc("what comes of it")] = None,
        reason: Annotated[str, DATA, Doc("why it failed")] = "",
        after: Annotated[Seconds, Doc("how long it takes")] = TAKES,
    ) -> Self:
        """The flow has something done and waits for it; time passes until that is so, and it is."""
        __tracebackhide__ = True
        line = self._line
        self._wait_for(lambda: bool(line.jobs), f"to wait for {job}")
        work = line.jobs[0]
        if work.job != job:
            self._fail(f"expected to wait for {job}; it is {work.job}")
        line.finish(work, WorkDone(work.id, result, value, reason), after)
        while work in line.jobs and line.step():
            pass
        return self

    def has_no_memory(
        self, result: Annotated[Lost, Doc("what comes of recall and remember")] = "failed"
    ) -> Self:
        """From here on nothing can be remembered, and nothing recalled."""
        self._line.memory.lost = result
        return self

    def has_no_voice(self) -> Self:
        """From here on nothing can be played: each prompt is over at once."""
        self._line.lose_voice()
        return self

    @property
    def order(self) -> Any:
        """What is to be done of the work that the flow waits for now."""
        return self._line.jobs[0].order
