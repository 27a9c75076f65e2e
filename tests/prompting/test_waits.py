"""How long callers wait, with a voice that takes 10 ms for each letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr.flowfile import load_flow
from ivr.prompting.waits import Wait, waits
from ivr.speech.prompts import PromptStore
from tests.speech.fakes import FakeVoice

Timed = Callable[..., list[Wait]]

MENU = """\
ivr: 1
flow: f
start: hello
states:
  hello:
    do: [answer, {say: {text: "Ten letter"}}, {pause: 2}, {play: {tone: 440 Hz for 1 s}}]
    then: menu
  menu:
    do: {ask: {prompts: [{text: "For sales, press 1. For help, press 2."}], choices: CHOICES}}
    then: {sales: sure, help: menu, no_input: sure, no_match: sure}
  sure:
    do: {confirm: {prompts: {text: "Really, dear?"}}}
    then: {yes: end, no: end, no_input: end}
"""


@pytest.fixture
def timed(tmp_path: Path) -> Iterator[Timed]:
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "en.yaml").write_text("menu: For sales, press 1.\n")
    store = PromptStore(folder, tmp_path / "cache", "en", FakeVoice(), limit=30)

    def time(text: str, name: str = "f.yaml", language: str = "en") -> list[Wait]:
        (tmp_path / name).write_text(text)
        return waits(load_flow(tmp_path / name), store, language, 165)

    yield time
    store.close()


def times(found: list[Wait]) -> dict[tuple[str, str], tuple[float | None, float | None]]:
    def rounded(time: float | None) -> float | None:
        return None if time is None else round(time, 2)

    return {(w.state, w.choice): (rounded(w.from_menu), rounded(w.from_call)) for w in found}


def test_each_option_is_told_where_its_words_are(timed: Timed) -> None:
    found = timed(MENU.replace("CHOICES", "{sales: 1, help: 2}"))
    assert times(found) == {
        ("menu", "sales"): (0.18, 3.28),
        ("menu", "help"): (0.37, 3.47),
        # Who presses 1 then is asked at 3.28: 13 letters, and "For yes, press 1."
        ("sure", "yes"): (0.29, 3.57),
        ("sure", "no"): (0.46, 3.74),
    }
    assert not any(each.estimated for each in found)
    assert [each.keys for each in found] == [("1",), ("2",), ("1",), ("2",)]


def test_a_menu_that_is_built_is_told_as_it_is_heard(timed: Timed) -> None:
    built = MENU.replace("""prompts: [{text: "For sales, press 1. For help, press 2."}], """, "")
    found = timed(built.replace("CHOICES", "{sales: 1, help: 2}"), language="de")
    # "Für sales drücken Sie die 1." is 28 letters.
    assert times(found)["menu", "sales"] == (0.27, 3.37)


def test_what_no_words_tell_is_waited_for_to_the_end(timed: Timed) -> None:
    found = timed(MENU.replace("CHOICES", "{sales: {keys: 7, words: [buy]}, help: 2}"))
    assert times(found)["menu", "help"] == (0.37, 3.47)
    assert times(
        timed(MENU.replace("sales, press 1", "s").replace("CHOICES", "{sales: 7, help: 2}"))
    )["menu", "sales"] == (None, None)


def test_what_each_call_has_of_its_own_is_estimated(timed: Timed) -> None:
    found = timed(
        MENU.replace("Ten letter", "Dear {{ caller }}, hello").replace(
            "CHOICES", "{sales: 1, help: 2}"
        )
    )
    assert all(each.estimated for each in found if each.state == "menu")
    first = found[0].from_call
    assert first is not None
    assert first > 3.28


def test_failures_take_all_attempts(timed: Timed) -> None:
    only_failing = MENU.replace("CHOICES", "{sales: 1, help: 2}").replace(
        "sales: sure", "sales: menu"
    )
    sure = times(timed(only_failing.replace("no_match: sure", "no_match: end")))["sure", "yes"]
    # 3 times the menu, of 0.38 s, and 5 s of silence; then 29 letters.
    assert sure == (0.29, round(3.1 + 3 * 5.38 + 0.29, 2))


def test_flows_that_are_called_are_walked_through(timed: Timed, tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(
        "ivr: 1\nflow: inner\nstart: q\noutcomes: [fine, lost]\n"
        "arguments: {question: {type: prompts}}\n"
        "states:\n  q:\n    do: {ask: {prompts: {argument: question}, choices: {ok: 1}}}\n"
        "    then: {ok: fine, no_input: lost, no_match: lost}\n"
    )
    found = timed(
        "ivr: 1\nflow: f\nstart: a\nstates:\n"
        '  a: {do: [answer, {call_flow: {flow: inner.yaml, question: {text: "OK? Press 1."}}}],'
        " then: {fine: b, lost: end}}\n"
        "  b: {do: {ask: {prompts: menu, choices: {sales: 1}}},"
        " then: {sales: end, no_input: end, no_match: end}}\n"
    )
    assert times(found) == {
        ("inner.q", "ok"): (0.11, 0.11),
        ("b", "sales"): (0.18, 0.29),
    }


def test_a_flow_in_python_is_told_as_far_as_it_can_be(timed: Timed) -> None:
    found = timed(
        "from ivr import Call, Choices, Flow, answer, ask\n"
        'flow = Flow("f", start="a")\nMENU = Choices({"sales": ["1"]})\n'
        '@flow.state(sales="b", no_input="b", no_match="b")\n'
        "async def a(call: Call) -> str:\n    await answer(call)\n"
        '    return (await ask(call, "menu", choices=MENU)).outcome\n'
        '@flow.state(sales="end", no_input="end", no_match="end")\n'
        "async def b(call: Call) -> str:\n    asked = call.caller\n"
        "    return (await ask(call, asked, choices=Choices({asked: ['1']}))).outcome\n",
        "f.py",
    )
    assert times(found) == {("a", "sales"): (0.18, 0.18)}
