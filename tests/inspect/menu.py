"""A flow with all that a map can have."""

from __future__ import annotations

from pathlib import Path

from ivr.engine.flow import Flow
from ivr.flowfile import load_flow

MENU = """
ivr: 1
flow: menu
start: menu
operator: desk
universal: {top: "9", operator: "0"}
handlers: {no_input: {1: menu, 3: desk}}
states:
  menu:
    do:
      - answer
      - ask: {prompts: welcome, choices: {sales: ["1", sales], bye: "2"}}
    then: {sales: sales, bye: sure, no_match: desk}
  sales:
    do: [{transfer: sip:1@pbx.example}]
    then: {busy: menu, no_answer: desk, rejected: desk, unreachable: desk, answered: end}
    on_error: menu
  sure:
    do: {call_flow: {flow: library/yes_no, question: {text: Do you want to leave us}}}
    then: {yes: end, no: menu, gave_up: end}
  desk:
    do: [{transfer: sip:0@pbx.example}]
    then: {busy: end, no_answer: end, rejected: end, unreachable: end, answered: end, failed: end}
"""


def written(folder: Path, text: str = MENU, name: str = "menu.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def loaded(folder: Path, text: str = MENU, name: str = "menu.yaml") -> Flow:
    return load_flow(written(folder, text, name))
