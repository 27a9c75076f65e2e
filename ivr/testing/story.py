"""A story that is told, and written down: what tests read was told before, as it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..engine.flow import Flow
from .in_yaml import in_yaml
from .scenario import VERSION, read_step
from .simulated_call import SimulatedCall
from .steps import Step


@dataclass(frozen=True, slots=True)
class Story:
    """How a call begins (`offer`) and what happens in it (`steps`)."""

    offer: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    def then(self, *steps: Step) -> Story:
        return Story(self.offer, (*self.steps, *steps))

    def tell(self, flow: Flow) -> SimulatedCall:
        """A call to *flow* in which all this has happened.  Raises `StoryError`."""
        call = SimulatedCall(flow, **self.offer)
        for step in self.steps:
            step.tell(call)
        return call

    def as_read(self, flow: Flow) -> Story:
        """The same out of a file about *flow*, where its steps are as they are written.

        Raises `LoadError`.
        """
        return replace(self, steps=tuple(read_step(str(step), flow) for step in self.steps))

    def lines(self, name: str, description: str = "") -> Iterator[str]:
        """It as YAML: an item of ``scenarios``, without indentation."""
        yield f"{in_yaml(name)}:"
        for key, value in {"description": description, **self.offer}.items():
            if value:
                yield f"  {key}: {in_yaml(value)}"
        yield "  steps:"
        yield from (f"    - {step}" for step in self.steps)


def head(flow: str = "", remark: str = "") -> str:
    """A file of stories about the file *flow*, or the one beside it, and none of them yet."""
    first = [f"# {remark}"] if remark else []
    about = [f"flow: {in_yaml(flow)}"] if flow else []
    return "\n".join([*first, f"ivr: {VERSION}", *about, "scenarios:"])


def with_story(file: str, story: Iterable[str]) -> str:
    """*file*, and one more story at its end, as its `lines` are."""
    return file.rstrip("\n") + "".join(f"\n  {line}" for line in story) + "\n"
