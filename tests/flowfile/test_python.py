"""Flows in Python: what they forget or invent is found when they are loaded, and nothing else."""

from pathlib import Path

import pytest

import ivr
from ivr.engine.verb import VERBS

from .reading import python_faults

RIGHT = {
    "a text": """
        @flow.state(on=END)
        async def a(call):
            return "on"
        """,
    "the outcome of a verb": """
        @flow.state(sales=END, desk=END, no_input=END, no_match=END)
        async def a(call):
            choice = await ask(call, "menu", choices=MENU)
            await say(call, "welcome", WORDS, Text("Hi"), HI)
            call.note("chosen", choice.value)
            return choice.outcome
        """,
    "by way of the package": """
        @flow.state(done=END)
        async def a(call):
            return (await ivr.say(call, "welcome")).outcome
        """,
    "either of two": """
        @flow.state(done=END, late=END)
        async def a(call):
            said = await say(call, "welcome")
            return said.outcome if call.caller else "late"
        """,
    "a constant of the module": """
        @flow.state(welcome=END)
        async def a(call):
            return HI
        """,
    "compared in between": """
        @flow.state(kept=END, too_short=END)
        async def a(call):
            message = await record(call)
            if message.outcome == "recorded":
                return "kept"
            if message.outcome == "failed":
                return "too_short"
            return message.outcome
        """,
    "handed on in between": """
        def mended(result): return result.outcome == "failed"

        @flow.state(recorded=END, too_short=END)
        async def a(call):
            message = await record(call)
            return "too_short" if mended(message) else message.outcome
        """,
    "kept in another variable": """
        @flow.state(recorded=END)
        async def a(call):
            message = await record(call)
            how = message.outcome
            return "recorded" if how else message.outcome
        """,
    "matched": """
        @flow.state(yes=END, no=END)
        async def a(call):
            match await record(call):
                case ivr.Result(outcome="recorded"):
                    return "yes"
            return "no"
        """,
    "set twice": """
        @flow.state(done=END, recorded=END, too_short=END, failed=END)
        async def a(call):
            last = await say(call, "welcome")
            if call.caller:
                last = await record(call)
            return last.outcome
        """,
    "changed by the state": """
        @flow.state(oh=END)
        async def a(call):
            last = await say(call, "welcome")
            last = ivr.Result("oh")
            return last.outcome
        """,
    "computed": """
        @flow.state(x1=END, x2=END)
        async def a(call):
            return f"x{len(call.caller)}"
        """,
    "a function inside": """
        @flow.state(done=END)
        async def a(call):
            def word():
                return "nothing"
            return (await say(call, word())).outcome
        """,
    "a function of its own": """
        async def asked(call):
            return await say(call, "welcome")

        @flow.state(done=END)
        async def a(call):
            return (await asked(call)).outcome
        """,
    "what cannot be told of an argument": """
        @flow.state(done=END, empty=END, no_input=END, no_match=END)
        async def a(call):
            maybe = bool(call.caller)
            return (await collect(call, "menu", into="x", allow_empty=maybe)).outcome
        """,
    "arguments by the dozen": """
        MORE = {"allow_empty": True}

        @flow.state(done=END, empty=END, no_input=END, no_match=END)
        async def a(call):
            return (await collect(call, "menu", into="x", **MORE)).outcome
        """,
    "a name of its own that the module has, too": """
        @flow.state(x=END, no_input=END, no_match=END)
        async def a(call):
            MENU = Choices({"x": ["1"]})
            return (await ask(call, "menu", choices=MENU)).outcome
        """,
    "cases of a branch": """
        @flow.state(rich=END, otherwise=END)
        async def a(call):
            await set_variables(call, balance="1")
            return (await branch(call, rich="balance > 0")).outcome
        """,
    "arguments of a flow that are computed": """
        g = Flow("g", start="b", arguments={"n": "number", "words": "prompts"}, outcomes=("done",))

        @g.state(done="done")
        async def b(call):
            return (await say(call, "welcome")).outcome

        @flow.state(done=END)
        async def a(call):
            count, words = len(call.caller), (WORDS,)
            return (await ivr.call_flow(call, g, n=count, words=words)).outcome
        """,
    "a wrapper that makes other outcomes": """
        import functools

        def shout(step):
            @functools.wraps(step)
            async def louder(call):
                return (await step(call)).upper()
            return louder

        @flow.state(DONE=END)
        @shout
        async def a(call):
            return (await say(call, "welcome")).outcome
        """,
    "a hang-up without an outcome": """
        @flow.state()
        async def a(call):
            await ivr.hang_up(call)
        """,
    "an address with braces that python fills in": """
        @flow.state(**dict.fromkeys(TRANSFERRED, END))
        async def a(call):
            return (await transfer(call, f"sip:{call.caller}@pbx")).outcome
        """,
}


def test_python_has_every_verb() -> None:
    assert {verb.run.__name__ for verb in VERBS.values()} <= set(ivr.__all__)


@pytest.mark.parametrize("body", RIGHT.values(), ids=RIGHT)
def test_a_flow_that_is_right_is_not_refused(tmp_path: Path, body: str) -> None:
    assert python_faults(tmp_path, body) == []


WRONG: dict[str, tuple[str, list[str]]] = {
    "forgets": (
        """
        @flow.state(sales=END, no_input=END)
        async def a(call):
            return (await ask(call, "menu", choices=MENU)).outcome
        """,
        [
            "3:5: a can return 'desk', declared are: sales, no_input",
            "3:5: a can return 'no_match', declared are: sales, no_input",
        ],
    ),
    "invents": (
        """
        @flow.state(done=END, dine=END)
        async def a(call):
            said = await say(call, "welcome")
            return said.outcome
        """,
        ["1: a declares 'dine' but never returns it; did you mean 'done'?"],
    ),
    "returns nothing": (
        """
        @flow.state(done=END)
        async def a(call):
            await say(call, "welcome")
        """,
        [
            "1: a declares 'done' but never returns it; it returns nothing; expected such as"
            " return (await say(…)).outcome"
        ],
    ),
    "leads nowhere": (
        """
        @flow.state(ä=END, done="menü")
        async def a(call):
            return "ä" if call.caller else "done"

        @flow.state(done=END)
        async def menu(call):
            return "done"
        """,
        ["1:25: a: done: no such state: 'menü'; did you mean 'menu'?"],
    ),
    "leads to a function": (
        """
        @flow.state(done=END)
        async def a(call):
            return "done"

        @flow.state(done=a)
        async def menu(call):
            return "done"
        """,
        ["5:18: menu: done: expected the name of a state, found a function"],
    ),
    "never reached": (
        """
        @flow.state(done=END)
        async def a(call):
            return "done"

        @flow.state(done="b")
        async def b(call):
            return "done"
        """,
        ["5: state 'b' is never reached"],
    ),
    "no await": (
        """
        @flow.state(done=END)
        async def a(call):
            answer(call)
            return "done"
        """,
        ["3:5: answer does nothing without await"],
    ),
    "forgets a case whose condition is computed": (
        """
        @flow.state(otherwise=END)
        async def a(call):
            condition = f"balance > {len(call.caller)}"
            return (await branch(call, rich=condition)).outcome
        """,
        ["4:5: a can return 'rich', declared are: otherwise"],
    ),
    "arguments that do not go together": (
        """
        @flow.state(done=END, no_input=END, no_match=END)
        async def a(call):
            return (await collect(call, "menu", into="x", length=3, min=2)).outcome
        """,
        ["3:19: collect: length is exact; leave min out"],
    ),
    "a caller could dial anything": (
        """
        @flow.state(**dict.fromkeys(TRANSFERRED, END))
        async def a(call):
            return (await transfer(call, "sip:{{ x }}@pbx")).outcome
        """,
        [
            "3:19: transfer: an address with {{ … }} in it needs allow: the dial patterns that it"
            " may be, such as 6XX; else a caller could dial anything"
        ],
    ),
    "unknown prompts": (
        """
        MORE = ("no_mach", Text("{{ x"))

        @flow.state(sales=END, desk=END, no_input=END, no_match=END)
        async def a(call):
            return (
                await ask(
                    call, "menü", *["manu"], "goodby" if call.caller else WORDS,
                    choices=MENU, no_match_prompts=MORE, no_input_prompts=["wellcome"],
                )
            ).outcome
        """,
        [
            "7:19: unknown prompt 'menü'; did you mean 'menu'?",
            "7:29: unknown prompt 'manu'; did you mean 'menu'?",
            "7:38: unknown prompt 'goodby'; did you mean 'goodbye'?",
            "8:44: unknown prompt 'no_mach'; did you mean 'no_match'?",
            "8:44: '{{ x': unexpected end of template, expected 'end of print statement'.",
            "8:68: unknown prompt 'wellcome'; did you mean 'welcome'?",
        ],
    ),
    "no async": (
        """
        @flow.state(done=END)
        def a(call):
            return "done"
        """,
        ["1: a must be an async def that returns its outcome, without yield"],
    ),
    "yield": (
        """
        @flow.state(done=END)
        async def a(call):
            yield "done"
        """,
        ["1: a must be an async def that returns its outcome, without yield"],
    ),
    "decorated twice": (
        """
        @flow.state(done=END)
        @flow.state(done=END)
        async def a(call):
            return "done"
        """,
        ["1: state 'a' is declared twice"],
    ),
    "declared twice": (
        """
        @flow.state(done=END)
        async def a(call):
            return "done"

        @flow.state(done=END)
        async def a(call):
            return "done"
        """,
        ["5: state 'a' is declared twice"],
    ),
    "no start": (
        """
        @flow.state(done=END)
        async def b(call):
            return "done"
        """,
        ["0:1: start: no such state: 'a'; states: b"],
    ),
    "not Python": ("def a(:\n", ["1:7: not Python: invalid syntax"]),
    "raises": ("def x(): return 1 / 0\n\nx()\n", ["1: ZeroDivisionError: division by zero"]),
    "ends the program": (
        "raise SystemExit\n",
        ["1: ends the program; a flow file only declares a flow"],
    ),
    "imports what is not there": (
        "import nothing_here\n",
        ["1: No module named 'nothing_here'; a module of your own must lie beside the flow"],
    ),
    "no flow": (
        "flow = None\n",
        ["expected a Flow named flow, as in: flow = Flow('menu', start='greet')"],
    ),
}


@pytest.mark.parametrize(("body", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert sorted(python_faults(tmp_path, body)) == sorted(expected)
