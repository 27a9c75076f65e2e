"""Warnings: what is told, and above all what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.flowfile import load_flow
from ivr.inspect.lint import lint
from tests.flowfile.reading import python

ROOT = Path(__file__).parents[2]
RIGHT = sorted(
    file
    for folder in ("flows", "flows/samples", "ivr/library", "ivr/cli/template/flows")
    for file in (ROOT / folder).glob("*.[py]*")
    if not file.name.endswith(".test.yaml")
)
TOP = "ivr: 1\nflow: f\nstart: a\n"
ENDS = "{answered: end, busy: end, no_answer: end, rejected: end, unreachable: end, failed: end}"


def told(folder: Path, states: str, top: str = "", name: str = "f.yaml") -> list[str]:
    """The codes of the warnings about a flow with these *states*, and what stands in quotes."""
    file = folder / name
    file.write_text(states if name.endswith(".py") else f"{TOP}{top}states:\n{states}")
    return [f"{each.code} {each.message.split(chr(39))[1:2]}" for each in lint(load_flow(file))]


@pytest.mark.parametrize("file", RIGHT, ids=lambda file: file.name)
def test_no_sample_raises_a_false_alarm(file: Path) -> None:
    assert lint(load_flow(file)) == []


SET = {
    "by a default": ("  a: {do: [answer, {say: {text: '{{ x }}'}}], then: end}", '{x: "there"}'),
    "on all ways": (
        """\
  a:
    do: [answer, {branch: {known: caller == '1'}}]
    then: {known: b, otherwise: c}
  b: {do: {set: {x: "1"}}, then: d}
  c: {do: {set: {x: "2"}}, then: d}
  d: {do: {say: {text: "{{ x }}"}}, then: end}
""",
        "",
    ),
    "before it is asked for in the same verb": (
        "  a: {do: {set: {x: '1', y: x + 1}}, then: end}",
        "",
    ),
    "as a branch has asked": (
        """\
  a:
    do: [answer, {recall: x}, {branch: {known: x is defined}}]
    then: {known: b, otherwise: end, failed: end, timeout: end}
  b: {do: {say: {text: "{{ x }}"}}, then: end}
""",
        "",
    ),
    "as there are rows": (
        """\
  a:
    do:
      - answer
      - sql: {query: select 1, into: {n: count, x: "rows[0].x"}}
      - branch: {found: n > 0}
    then: {found: b, otherwise: end, failed: end, timeout: end}
  b: {do: {say: {text: "{{ x }}"}}, then: end}
""",
        "",
    ),
    "in what says it back": (
        """\
  a:
    do: [answer, {collect: {text: Number, into: x, read_back: {text: "{{ x }}"}}}]
    then: {done: end, no_input: end, no_match: end}
""",
        "",
    ),
    "by a flow that was called": (
        """\
  a:
    do: [answer, {call_flow: {flow: library/date, into: {x: day}}}]
    then: {done: b, gave_up: end}
  b: {do: {say: {text: "{{ x | date }}"}}, then: end}
""",
        "",
    ),
    "by a verb that names it": (
        """\
  a:
    do: [answer, {schedule: {open: "Mon 9:00-17:00", into: x}}]
    then: {open: b, closed: b}
  b: {do: {say: {text: "{{ x }}"}}, then: end}
""",
        "",
    ),
}


@pytest.mark.parametrize("how", SET)
def test_a_variable_is_set(tmp_path: Path, how: str) -> None:
    states, variables = SET[how]
    top = f"variables: {variables}\n" if variables else ""
    assert told(tmp_path, states, top) == []


UNSET = {
    "on the way of a failure": """\
  a:
    do: [answer, {http: {url: "https://x.example", into: {x: body.x}}}]
    then: {ok: b, failed: b, timeout: end}
  b: {do: {say: {text: "{{ x }}"}}, then: end}
""",
    "where nothing was recalled": "  a: {do: [recall: x, log: '{{ x }}'], "
    "then: {done: end, failed: end, timeout: end}}\n",
    "where no row was found": """\
  a:
    do: [answer, {sql: {query: select 1, into: {x: "rows[0].x"}}}, {say: {text: "{{ x }}"}}]
    then: {done: end, failed: end, timeout: end}
""",
    "in a condition": "  a: {do: {branch: {much: x > 3}}, then: {much: end, otherwise: end}}\n",
    "where a flow gave up": """\
  a:
    do: [answer, {call_flow: {flow: library/date, into: {x: day}}}]
    then: {done: end, gave_up: b}
  b: {do: {say: {text: "{{ x | date }}"}}, then: end}
""",
    "in what a flow is given": """\
  a:
    do: [answer, {call_flow: {flow: library/voicemail, box: "{{ x }}"}}]
    then: {sent: end, nothing: end, failed: end}
""",
    "after an error": """\
  a:
    do: [answer, {set: {x: "1 / 0"}}]
    then: end
    on_error: b
  b: {do: {say: {text: "{{ x }}"}}, then: end}
""",
}


@pytest.mark.parametrize("how", UNSET)
def test_a_variable_may_be_unset(tmp_path: Path, how: str) -> None:
    assert told(tmp_path, UNSET[how]) == ["maybe-unset ['x']"]


ROUNDS = {
    "is counted": """\
  a: {do: [answer, {set: {n: "n + 1"}}, {branch: {again: n < 3}}], then: {again: b, otherwise: end}}
  b: {do: {pause: 5}, then: a}
""",
    "waits for the caller": """\
  a:
    do: [answer, {ask: {text: "1", choices: {on: 1}}}]
    then: {on: b, no_input: end, no_match: end}
  b: {do: {pause: 5}, then: a}
""",
    "is a conversation": f"""\
  a:
    do: [answer, {{transfer: "sip:1@x.example"}}]
    then: {ENDS.replace("answered: end", "answered: b")}
  b: {{do: {{pause: 5}}, then: a}}
""",
}


@pytest.mark.parametrize("how", ROUNDS)
def test_a_round_is_right_that(tmp_path: Path, how: str) -> None:
    assert told(tmp_path, ROUNDS[how], "variables: {n: 0}\n") == []


ROUND = f"""\
  a: {{do: [answer, {{transfer: "sip:1@x.example"}}], then: {ENDS.replace("busy: end", "busy: b")}}}
  b: {{do: {{pause: 5}}, then: a}}
"""


def test_a_round_without_the_caller_is_told_once(tmp_path: Path) -> None:
    assert told(tmp_path, ROUND) == ["endless-round []"]
    assert told(tmp_path, ROUND, "max_duration: 10 min\n") == []


CALLED = """\
  a:
    do: [answer, {call_flow: {flow: library/date, into: {x: day}}}]
    then: {done: end, gave_up: %s}
"""


def test_a_round_by_way_of_a_flow_that_is_called(tmp_path: Path) -> None:
    assert told(tmp_path, CALLED % "end") == []
    assert told(tmp_path, CALLED % "a") == ["endless-round []"]


def test_a_handler_that_counts_ends_a_round(tmp_path: Path) -> None:
    states = """\
  a: {do: [answer, {ask: {text: "1", choices: {on: 1}}}], then: {on: end, no_match: end}}
  b: {do: {pause: 5}, then: a}
  c: {do: {say: {text: Goodbye}}, then: end}
"""
    assert told(tmp_path, states, "handlers: {no_input: {1: b, 3: c}}\n") == []
    assert told(tmp_path, states, "handlers: {no_input: {1: c, 3: b}}\n") == ["endless-round []"]


def question(parameters: str, text: str = "Which?") -> str:
    return (
        f"  a: {{do: [answer, {{ask: {{text: '{text}', {parameters}}}}}],"
        " then: {x: end, y: end, no_input: end, no_match: end}}\n"
    )


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ("choices: {x: 1, y: 12}, inter_digit: 0", "no-time-for-keys []"),
        ("choices: {x: 1, y: 2XX}, inter_digit: 0", "no-time-for-keys []"),
        ("choices: {x: 1, y: 2}, inter_digit: 0", ""),
        ("choices: {x: 1, y: 12}", ""),
        ("choices: {x: [1, 2], y: 1-2}", "hidden-choice ['y']"),
        ("choices: {x: 1, y: 1-2}", ""),
        ("choices: {x: 1, y: X.}", ""),
        ("choices: {x: 1, y: NXXX}", ""),
    ],
)
def test_the_keys_of_a_question(tmp_path: Path, parameters: str, code: str) -> None:
    assert told(tmp_path, question(parameters)) == [code] * bool(code)


def test_a_question_is_as_long_as_its_prompts(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_text(
        f"{TOP}states:\n"
        + question("choices: {x: 1, y: 2}").replace("text:", "prompts:").replace("'Which?'", "menu")
    )
    flow = load_flow(file)
    assert lint(flow) == [] and lint(flow, {"menu": "Which?"}) == []
    (long,) = lint(flow, {"menu": "Which? " * 80})
    assert long.code == "long-question" and "about 37 s" in long.message


def test_a_menu_that_is_built_has_its_length_too(tmp_path: Path) -> None:
    names = [f"choice number {n} with a rather long name" for n in range(1, 10)]
    choices = {name: str(n) for n, name in enumerate(names, 1)}
    then = dict.fromkeys([*names, "no_input", "no_match"], "end")
    states = f"  a: {{do: [answer, {{ask: {{choices: {choices}}}}}], then: {then}}}\n"
    assert told(tmp_path, states) == ["long-question []"]


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("n == 3", True),
        ("n > 3", True),
        ("3 < n", True),
        ("n + 1 > 3", True),
        ("n == '3'", False),
        ("n in ['3', '4']", False),
        ("n | int > 3", False),
        ("amount > 3", False),
        ("amount == '3'", True),
        ("either == 3", False),
        ("dialled == 100", True),
        ("dialled == '100'", False),
    ],
)
def test_texts_and_numbers(tmp_path: Path, expression: str, wrong: bool) -> None:
    states = f"""\
  a:
    do:
      - answer
      - collect: {{text: One, into: n}}
      - collect: {{text: Two, into: amount, type: number}}
      - collect: {{text: Three, into: either}}
      - set: {{either: "3"}}
      - branch: {{much: "{expression}"}}
    then: {{much: end, otherwise: end, no_input: end, no_match: end}}
"""
    assert [each.split()[0] for each in told(tmp_path, states)] == ["text-and-number"] * wrong


@pytest.mark.parametrize(
    ("verb", "shown"),
    [
        ("say: {text: 'Your PIN is {{ pin }}'}", True),
        ("say: {text: '{{ pin | digits }}'}", True),
        ("say: {text: '{{ secrets.crm }}'}", True),
        ("say: {text: '{{ secrets[\"crm\"] }}'}", True),
        ("say: {text: \"{{ 'yes' if pin == '1' else 'no' }}\"}", False),
        ("remember: {values: {pin: '{{ pin }}'}}", True),
        ("http: {url: 'https://x.example', body: {pin: '{{ pin }}'}}", False),
        ("http: {url: 'https://x.example', basic_auth: {user: a, password: '{{ pin }}'}}", False),
        ("sql: {query: select 1, parameters: {pin: '{{ pin }}'}}", False),
    ],
)
def test_secrets(tmp_path: Path, verb: str, shown: bool) -> None:
    states = f"""\
  a:
    do: [answer, {{collect: {{text: PIN, into: pin, sensitive: yes}}}}, {{{verb}}}]
    then: {{no_input: end, no_match: end}}
"""
    states = states.replace(
        "{no_input",
        "{done: end, no_input"
        if "say" in verb
        else "{ok: end, failed: end, timeout: end, no_input",
    )
    assert [each.split()[0] for each in told(tmp_path, states)] == ["shown-secret"] * shown


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        ("open: 'Mon-Fri 09:00-12:00, Mon-Fri 13:00-17:00'", ""),
        ("open: 'Mon-Fri 09:00-12:00, Sat 11:00-13:00'", ""),
        ("open: 'Mon-Fri 09:00-12:59, Mon-Fri 13:00-17:00'", "gap-in-hours"),
        ("open: 'Mon-Fri 13:00-17:00, Mon-Fri 09:00-12:59'", "gap-in-hours"),
        ("open: 'Mon-Fri 09:00-13:01, Mon-Fri 13:00-17:00'", "overlapping-hours"),
        (
            "special: {2026-12-20..2026-12-31: closed, 2026-12-24: '09:00-12:00'}",
            "overlapping-hours",
        ),
        ("special: {2026-12-24: '09:00-12:00', 2026-12-20..2026-12-31: closed}", ""),
        ("special: {12-20..01-05: closed, 12-24..01-01: '09:00-12:00'}", "overlapping-hours"),
        ("special: {12-24..01-01: '09:00-12:00', 12-20..01-05: closed}", ""),
        ("special: {12-20..12-31: '09:00-12:00', 12-20..01-05: closed}", ""),
        ("open: 'Mon 9:00-17:00', closed: [2026-12-25..2026-12-31, 12-25, 2026-06-12]", ""),
    ],
)
def test_hours(tmp_path: Path, hours: str, code: str) -> None:
    states = f"  a: {{do: [answer, {{schedule: {{{hours}}}}}], then: {{open: end, closed: end}}}}\n"
    assert [each.split()[0] for each in told(tmp_path, states)] == [code] * bool(code)


def test_a_flow_that_sets_its_language_may_be_divided_by_it(tmp_path: Path) -> None:
    top = "languages: [en, de]\n"
    say = "  a: {do: [answer, {say: {text: Hello}}], then: end}\n"
    assert told(tmp_path, say, top) == ["words-of-one-language ['Hello']"]
    german = "  a: {do: [answer, {set: {language: \"'de'\"}}, {say: {text: Hallo}}], then: end}\n"
    assert told(tmp_path, german, top) == []
    assert told(tmp_path, say.replace("Hello", "'{{ 5 | number }} <break/>'"), top) == []


PYTHON = """
    @flow.state(answered=END, busy="b", no_answer="b", rejected="b", unreachable="b", failed=END)
    async def a(call):
        await answer(call)
        return (await transfer(call, "sip:1@x.example", mode="refer")).outcome

    @flow.state(done=END)
    async def b(call):
        many = ivr.Choices({"x": "1", "y": "12"})
        await ask(call, choices=many, inter_digit=0)
        options = {"barge_in": "none"}
        await say(call, "welcome", **options)
        return (await say(call, Text(f"{call.caller}" * 90), barge_in="none")).outcome
"""


def test_what_only_the_call_knows_is_not_told(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text(python(PYTHON))
    flow = load_flow(file)
    assert [each.code for each in flow.warnings] == []
    assert [each.code for each in lint(flow)] == ["refer-without-fallback"]
