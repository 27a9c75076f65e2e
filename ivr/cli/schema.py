"""ivr schema: the JSON Schema of flow files, or of stories, for editors."""

from __future__ import annotations

from pathlib import Path

from ..engine.verb import Verb
from ..flowfile import schema
from ..flowfile.own_verbs import read_verbs
from ..testing.schema import schema as story_schema
from .output import as_json


def run(files: list[Path], *, stories: bool) -> None:
    if stories:
        return as_json(story_schema())
    own: dict[str, Verb] = {}
    for file in files:
        own |= read_verbs(file)
    as_json(schema(own))
