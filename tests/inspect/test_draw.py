"""ivr draw."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pygraphviz
import pytest

from ivr.engine.errors import SettingsError
from ivr.flowfile import load_flow
from ivr.flowfile.loading import LIBRARY
from ivr.inspect.draw import Picture, as_dot, as_mermaid, picture_of, render
from tests.commands import Ivr, command_line

from .menu import MENU, loaded, written

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
    laid_out = pygraphviz.AGraph(string=as_dot(drawn)).draw(format="svg", prog="dot")
    svg = ElementTree.fromstring(laid_out)
    titles = [title.text for title in svg.iter(f"{SVG}title")]
    assert names <= set(titles)


def test_an_image_is_an_image(tmp_path: Path) -> None:
    assert render(picture_of(loaded(tmp_path)), "png").startswith(b"\x89PNG")


def test_no_text_of_a_flow_ends_a_label(tmp_path: Path) -> None:
    evil = 'a "quoted" \\\\ <b>text</b> & #1 ]'
    drawn = picture_of(loaded(tmp_path, MENU.replace("welcome", f"{{text: '{evil}'}}")))
    assert "<b>text" not in as_mermaid(drawn)
    assert "&lt;b&gt;text" in as_dot(drawn)
    assert b"quoted" in render(drawn, "svg")


def test_without_a_file_mermaid_is_printed(ivr: Ivr, tmp_path: Path) -> None:
    written(tmp_path)
    said = ivr("draw", "menu.yaml")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("flowchart TD\n  s0[[")


@pytest.mark.parametrize("name", ["menu.svg", "menu.mmd", "menu.dot"])
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
