"""ivr draw."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pygraphviz
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.engine.errors import SettingsError
from ivr.flowfile import load_flow
from ivr.flowfile.loading import LIBRARY
from ivr.inspect.draw import Picture, as_dot, as_mermaid, picture_of, render
from ivr.inspect.draw.picture import Box, Group, Line
from tests.commands import Ivr, command_line

from .menu import loaded, written

ROOT = Path(__file__).parents[2]
FLOWS = sorted(
    file
    for folder in (ROOT / "flows", ROOT / "flows/samples", LIBRARY)
    for file in (*folder.glob("*.yaml"), *folder.glob("*.py"))
    if not file.name.endswith(".test.yaml")
)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    monkeypatch.chdir(tmp_path)
    return command_line(capsys, monkeypatch)


def labels(drawn: Picture) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for line in drawn.lines:
        found.setdefault((line.source, line.target), []).extend(line.labels)
    return found


def read(dot: str) -> pygraphviz.AGraph:
    """*dot* as graphviz reads it; labels in its markup have no empty elements."""
    graph = pygraphviz.AGraph(string=dot)
    for node in graph.nodes():
        label = node.attr["label"]
        if label.startswith("<<"):
            for element in ElementTree.fromstring(f"<all>{label[1:-1]}</all>"):
                assert element.tag == "br" or element.text
    return graph


def test_what_callers_usually_do_is_drawn(tmp_path: Path) -> None:
    drawn = picture_of(loaded(tmp_path))
    assert labels(drawn) == {
        ("menu", "sales"): ["1 sales"],
        ("menu", "sure"): ["2 bye"],
        # Without these nobody would come to the desk.
        ("menu", "desk"): ["no_match"],
        ("sales", "desk"): ["no_answer", "rejected", "unreachable"],
        ("sales", "sales > end"): ["answered"],
        ("sure", "sure > end"): ["yes"],
        ("sure", "menu"): ["no"],
        ("desk", "desk > end"): ["answered"],
        ("yes_no.ask", "yes_no.yes"): ["yes"],
        ("yes_no.ask", "yes_no.no"): ["no"],
    }
    assert drawn.caption == ("--all adds 16 ways that callers seldom go",)


def test_with_all_every_way_is_drawn(tmp_path: Path) -> None:
    drawn = picture_of(loaded(tmp_path), everything=True)
    found = labels(drawn)
    assert found["menu", "menu"] == ["no_input", "9 top"]
    assert found["menu", "desk"] == ["no_match", "no_input, 3 times", "0 operator", "error"]
    assert found["sales", "menu"] == ["busy", "failed", "error"]
    assert not drawn.caption


def test_a_flow_that_is_called_is_a_group(tmp_path: Path) -> None:
    drawn = picture_of(loaded(tmp_path))
    assert [group.title for group in drawn.groups] == ["", "yes_no"]
    assert drawn.calls == (("sure", "yes_no"),)


def test_a_flow_may_call_itself(tmp_path: Path) -> None:
    text = """
from ivr import Call, Flow, answer, call_flow
flow = Flow("again", start="s", outcomes=["back"])

@flow.state(back="back")
async def s(call: Call) -> str:
    await answer(call)
    return (await call_flow(call, flow)).outcome
"""
    drawn = picture_of(loaded(tmp_path, text, "again.py"))
    assert not drawn.calls and read(as_dot(drawn)).nodes() == ["s", "back"]


def test_a_box_tells_what_its_state_does(tmp_path: Path) -> None:
    boxes = {box.name: box for group in picture_of(loaded(tmp_path)).groups for box in group.boxes}
    assert boxes["menu"].notes == ("answer", "ask welcome")
    assert boxes["sales"].notes == ("transfer sip:1@pbx.example",)
    assert boxes["menu"].place.endswith("menu.yaml:9")


def test_many_ways_to_one_state_do_not_cover_the_picture(tmp_path: Path) -> None:
    asked = "".join(
        f"  s{i}: {{do: {{ask: {{prompts: {{text: Go on}}, choices: {{on: '1'}}}}}},"
        f" then: {{on: {f's{i + 1}' if i < 9 else 'desk'}, no_input: desk, no_match: desk}}}}\n"
        for i in range(10)
    )
    head = "ivr: 1\nflow: long\nstart: answer\nstates:\n  answer: {do: answer, then: s0}\n"
    desk = "  desk: {do: {say: {text: Bye}}, then: end}\n"
    drawn = picture_of(loaded(tmp_path, head + asked + desk), everything=True)
    to_desk = [line.source for line in drawn.lines if line.target == "desk"]
    assert to_desk == ["s9"]
    signs = [box.title for group in drawn.groups for box in group.boxes if box.tone == "rare"]
    assert signs == ["→ desk"] * 10


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_sample_can_be_drawn(file: Path) -> None:
    drawn = picture_of(load_flow(file), everything=True)
    names = {box.name for group in drawn.groups for box in group.boxes}
    ends = {end for line in drawn.lines for end in (line.source, line.target)}
    assert ends <= names
    text = as_mermaid(drawn)
    known = set(re.findall(r"^ +(s\d+)[(\[]", text, re.MULTILINE))
    assert set(re.findall(r"^ +(s\d+) -", text, re.MULTILINE)) <= known
    assert names == set(read(as_dot(drawn)).nodes())


@pytest.mark.parametrize("name", ["auto_attendant.yaml", "samples/after_hours.yaml"])
def test_graphviz_lays_it_out(name: str) -> None:
    drawn = picture_of(load_flow(ROOT / "flows" / name), everything=True)
    svg = ElementTree.fromstring(render(drawn, "svg"))
    titles = {title.text for title in svg.iter(f"{SVG}title")}
    assert {box.name for group in drawn.groups for box in group.boxes} <= titles


@given(text=st.text(), other=st.text())
@example(text="* operator", other="**")
@example(text='a "quoted" \\ <b>text</b> & #1 ]', other="end")
def test_no_text_of_a_flow_ends_a_label(text: str, other: str) -> None:
    boxes = (Box("one", text, (other, "x")), Box("two", other, small=True))
    drawn = Picture(text, (Group("", "one", boxes[:1]), Group(other, "two", boxes[1:])),
                    (Line("one", "two", (text, other)),), (("one", other),), (text,))  # fmt: skip
    graph = read(as_dot(drawn))
    assert graph.nodes() == ["one", "two"] and len(graph.edges()) == 2
    for line in as_mermaid(drawn).splitlines():
        if not line.startswith("  %%"):
            assert line.count('"') in (0, 2) and '""' not in line and not set("`*") & set(line)
            assert not re.search(r"<(?!/?b>|/?small>|br/>)", line)


def test_a_large_flow_can_be_scrolled(tmp_path: Path) -> None:
    states = "".join(f"  s{n}: {{do: {{say: hi}}, then: s{n + 1}}}\n" for n in range(50))
    head = "ivr: 1\nflow: long\nstart: a\nstates:\n  a: {do: answer, then: s0}\n"
    drawn = picture_of(loaded(tmp_path, f"{head}{states}  s50: {{do: hang_up}}\n"))
    assert "rankdir=LR" in as_dot(drawn) and as_mermaid(drawn).startswith("flowchart LR")
    assert "rankdir=TB" in as_dot(picture_of(loaded(tmp_path)))


def test_without_a_file_mermaid_is_printed(ivr: Ivr, tmp_path: Path) -> None:
    written(tmp_path)
    said = ivr("draw", "menu.yaml")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("flowchart TD\n  s0[[")


@pytest.mark.parametrize("name", ["menu.png", "menu.mmd", "menu.dot"])
def test_the_name_of_the_file_says_what_it_is(ivr: Ivr, tmp_path: Path, name: str) -> None:
    written(tmp_path)
    assert ivr("draw", "menu.yaml", "--all", "-o", name) == (0, "", "")
    begin = {".svg": b"<?xml", ".png": b"\x89PNG", ".mmd": b"flowchart", ".dot": b"digraph"}
    assert (tmp_path / name).read_bytes().startswith(begin[Path(name).suffix])


def test_another_kind_of_file_is_refused(ivr: Ivr, tmp_path: Path) -> None:
    written(tmp_path)
    said = ivr("draw", "menu.yaml", "-o", "menu.jpg")
    assert said.code == 2
    assert "expected a file that ends in .svg, .png, .mmd, .dot" in said.err


def test_what_is_missing_for_images_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsError, match=r"pip install 'ivr\[draw\]'"):
        render(picture_of(loaded(tmp_path)), "svg")


def test_the_page_shows_what_is_drawn(ivr: Ivr) -> None:
    page = (ROOT / "docs/drawing.md").read_text(encoding="utf-8")
    shown = re.search(r"^```mermaid\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert shown and shown[1] == ivr("draw", str(ROOT / "flows/samples/visitor_line.yaml")).out
