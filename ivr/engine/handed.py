"""What a flow hands to one that it calls, besides values: prompts, and pairs.

Words are put together where they are heard, with the variables of the flow that says them; and of
the one that gave them, as far as the first has none of that name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .effects import File, Given, Prompt, Silence
from .errors import FlowError

NOTHING_SAID: tuple[Prompt, ...] = (Silence(0.1),)
NO_NAMES: Mapping[str, Any] = {}

Names = Mapping[str, Any]
Part = tuple[Prompt, Names]
"""A prompt, and variables for its words."""
Handed = tuple[Part, ...] | Mapping[str, str]


def hand_over(
    argument: Any, names: Names = NO_NAMES, folder: str = "", given: Mapping[str, Handed] = NO_NAMES
) -> Handed:
    """*argument*, prompts or pairs, for another flow; *given* is what this one was given itself."""
    if isinstance(argument, Mapping):
        return argument
    prompts = tuple(argument) if isinstance(argument, tuple) else (argument,)
    if len(prompts) == 1 and isinstance(prompts[0], Given):
        return _given(prompts[0], given)
    return tuple(
        (in_folder(prompt, folder), {**names, **own})
        for prompt, own in parts(prompts or NOTHING_SAID, given)
    )


def parts(prompts: tuple[Prompt, ...], given: Mapping[str, Handed]) -> Iterator[Part]:
    """*prompts* as they are to be said, with what was *given* where it belongs."""
    for prompt in prompts:
        if not isinstance(prompt, Given):
            yield prompt, NO_NAMES
            continue
        found = _given(prompt, given)
        if isinstance(found, Mapping):
            raise FlowError(f"the argument {prompt.name!r} has pairs; expected prompts")
        yield from found


def pairs_of(pairs: Mapping[str, str] | Given, given: Mapping[str, Handed]) -> Mapping[str, str]:
    """*pairs*, or those that were *given*.  Raises `FlowError`."""
    found = _given(pairs, given) if isinstance(pairs, Given) else pairs
    if not isinstance(found, Mapping):
        raise FlowError("expected pairs, such as Ann Smith: 601; these are prompts")
    return found


def in_folder(prompt: Prompt, folder: str) -> Prompt:
    """*prompt*; a sound file is seen from *folder*."""
    if isinstance(prompt, File) and folder and not prompt.path.startswith("/"):
        return File(f"{folder}/{prompt.path}")
    return prompt


def _given(argument: Given, given: Mapping[str, Handed]) -> Handed:
    if argument.name not in given:
        known = ", ".join(given) or "none"
        raise FlowError(f"the flow was given no {argument.name!r}; there are: {known}")
    return given[argument.name]
