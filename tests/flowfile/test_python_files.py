"""Reading a Python flow: what it leaves behind, what it can import, what it is known to play."""

import sys
from pathlib import Path

import pytest

from ivr.engine.effects import Text
from ivr.engine.errors import LoadError
from ivr.engine.flow import END
from ivr.flowfile import load_flow, static_prompts

from .reading import PYTHON_HEAD, faults, load, python, python_faults


@pytest.mark.parametrize(
    "raw", [b"x = '\xff'\n", b"x = '\0'\n", b"# coding: nonsense\n", b"(" * 9999]
)
def test_what_is_no_text(tmp_path: Path, raw: bytes) -> None:
    before = set(sys.modules)
    assert len(faults(tmp_path, raw, "f.py")) == 1
    assert set(sys.modules) == before


def test_nothing_half_read_stays(tmp_path: Path) -> None:
    before, path = set(sys.modules), list(sys.path)
    (tmp_path / "helper_of_it.py").write_text("X = 1\n")
    assert python_faults(tmp_path, "import helper_of_it\n1 / 0\n") == [
        "2: ZeroDivisionError: division by zero"
    ]
    assert (set(sys.modules), sys.path) == (before, path)


GOOD = """
@flow.state(done=END)
async def a(call):
    return (await say(call, {prompt})).outcome
"""


def test_a_failed_reading_leaves_the_one_before(tmp_path: Path) -> None:
    load(tmp_path, python(GOOD.format(prompt="HI")), "f.py")
    (name,) = (n for n in sys.modules if n.startswith("ivr_flow_") and str(tmp_path.name) in n)
    module = sys.modules[name]
    assert python_faults(tmp_path, "1 / 0\n")
    assert sys.modules[name] is module


def test_an_edit_of_the_same_size_and_second_counts(tmp_path: Path) -> None:
    for prompt in ("'welcome'", "'goodbye'"):
        flow = load(tmp_path, python(GOOD.format(prompt=prompt)), "f.py")
        assert static_prompts(flow) == {prompt.strip("'")}


def test_modules_beside_the_flow_are_its_own(tmp_path: Path) -> None:
    found = []
    for folder, word in (("one", "welcome"), ("two", "goodbye")):
        (tmp_path / folder / "parts").mkdir(parents=True)
        (tmp_path / folder / "helper.py").write_text("from parts.words import WORD\n")
        (tmp_path / folder / "parts" / "__init__.py").write_text("")
        (tmp_path / folder / "parts" / "words.py").write_text(f"WORD = {word!r}\n")
        text = "from helper import WORD\n" + python(GOOD.format(prompt="WORD"))
        found.append(static_prompts(load(tmp_path / folder, text, "f.py")))
    assert found == [{"welcome"}, {"goodbye"}]
    assert not {"helper", "parts", "parts.words"} & set(sys.modules)


def test_states_of_another_file_have_its_places(tmp_path: Path) -> None:
    (tmp_path / "states.py").write_text(
        "from ivr import say\n\n\nasync def a(call):\n"
        "    return (await say(call, 'welcom')).outcome\n"
    )
    path = tmp_path / "f.py"
    path.write_text("import states\n" + PYTHON_HEAD + "flow.state(done=END)(states.a)\n")
    with pytest.raises(LoadError) as raised:
        load_flow(path, ("welcome",))
    assert str(raised.value).startswith(f"{tmp_path / 'states.py'}:5:29: unknown prompt 'welcom'")


def test_the_prompts_of_a_state(tmp_path: Path) -> None:
    body = """
        @flow.state(sales=END, desk=END, no_input=END, no_match=END)
        async def a(call):
            await say(call, Text("Hello {{ caller }}"), ivr.Tone(), f"x{call.caller}", call.caller)
            more = await ask(call, HI, Text("Hi"), choices=MENU, no_match_prompts=(WORDS,))
            return more.outcome
        """
    flow = load(tmp_path, python(body), "f.py")
    texts = {Text("Hi"), Text("Hello")}
    assert flow.states["a"].prompts == {"welcome", Text("Hello {{ caller }}"), *texts}
    assert static_prompts(flow) == {"welcome", *texts}
    assert flow.states["a"].on["sales"] == END


def test_a_flow_of_the_library_is_read_by_its_name() -> None:
    assert load_flow("library/yes_no").outcomes == ("yes", "no", "gave_up")
    with pytest.raises(LoadError, match=r"no flow 'library/yes_non' .* 'library/yes_no'"):
        load_flow("library/yes_non")
