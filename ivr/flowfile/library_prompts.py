"""What the flows of the library say, in other languages and in an author's own words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml

from ..engine.effects import Text
from ..engine.flow import Flow

FOLDER = Path(__file__).parents[1] / "library" / "prompts"

Words = Mapping[str, Mapping[str, Text]]
"""By language and argument."""


@cache
def translations() -> Mapping[str, Words]:
    """Those of each flow, by its name."""
    found: dict[str, dict[str, dict[str, Text]]] = defaultdict(dict)
    for file in sorted(FOLDER.glob("*.yaml")):
        for name, words in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            flow, _, argument = name.partition(".")
            found[flow].setdefault(file.stem, {})[argument] = Text(words)
    return found


def speak(flow: Flow, prompts: Collection[str] | None) -> None:
    """Give *flow* its words in each language.

    A prompt of the author's that is called as flow and argument, ``pin.question``, is said instead.
    """
    spoken = {name for name, each in flow.arguments.items() if each.type == "prompts"}
    own = {
        name: f"{flow.name}.{name}" for name in spoken if flow.arguments[name].default is not None
    }
    own = {name: prompt for name, prompt in own.items() if prompt in (prompts or ())}
    for name, prompt in own.items():
        flow.arguments[name] = replace(flow.arguments[name], default=(prompt,))
    flow.translations = {
        language: {name: text for name, text in said.items() if name not in own}
        for language, said in translations().get(flow.name, {}).items()
    }
