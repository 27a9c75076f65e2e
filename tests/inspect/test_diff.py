"""ivr diff."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from ivr.flowfile import load_flow
from ivr.inspect.diff import as_markdown, as_text, compare, picture_of
from ivr.inspect.draw import as_dot
from tests.commands import Ivr, command_line

from .menu import MENU, loaded, written
from .test_draw import FLOWS


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    monkeypatch.chdir(tmp_path)
    return command_line(capsys, monkeypatch)


def told(folder: Path, *edits: tuple[str, str], old: str = MENU) -> list[str]:
    """What changes when each first text takes the place of the second, without the places."""
    new = old
    for before, now in edits:
        assert before in new
        new = new.replace(before, now)
    changes = compare(loaded(folder, old, "old.yaml"), loaded(folder, new, "new.yaml")).changes
    lines = as_text(changes).splitlines()
    return [re.sub(r" +\(.*?\)$", "", line) for line in lines if line.startswith("  ")]


@pytest.mark.parametrize(
    "edit, change",
    [
        (("busy: menu", "busy: desk"), "~ sales, busy: menu → desk"),
        (("on_error: menu", "on_error: desk"), "~ sales, on_error: menu → desk"),
        (("operator: desk", "operator: sales"), "~ operator: desk → sales"),
        (("3: desk", "3: sales"), "~ handlers: no_input, 3 times: desk → sales"),
        (("3: desk", "2: desk"), "+ handlers: no_input, 2 times: desk"),
        (("prompts: welcome", "prompts: hello"), "~ menu, ask prompts: welcome → hello"),
        (('bye: "2"', 'bye: "3"'), "~ menu, ask bye: 2 → 3"),
        (("welcome,", "welcome, attempts: 2,"), "~ menu, ask attempts: 3 → 2"),
        (("welcome,", "welcome, first_digit: 8 s,"), "~ menu, ask first_digit: 5 → 8"),
        (("sip:1@", "sip:2@"), "~ sales, transfer to: sip:1@pbx.example → sip:2@pbx.example"),
        (("- answer\n", "- answer: {settle: 1}\n"), "~ menu, answer settle: 0.3 → 1"),
        (("- answer\n", "- answer\n      - say: hi\n"), "+ menu, say: say hi"),
        (("[{transfer: sip:0", "[say: hi, {transfer: sip:0"), "+ desk, say: say hi"),
        (("Do you want to", "Will you"), 'question: "Do you want to leave us" → "Will you'),
        (("welcome,", "welcome, barge_in: none,"), "~ menu, ask barge_in: any → none"),
        (("welcome,", "welcome, speech: no,"), "~ menu, ask speech: yes → no"),
        (("welcome,", "welcome, speech: {longest: 5},"), "+ menu, ask speech.longest: 5"),
        (("start:", "dead_air: {after: 9 s}\nstart:"), "~ dead_air.after: 4 → 9"),
        (("start:", "max_duration: {after: 9 min}\nstart:"), "+ max_duration.after: 540"),
        (("start:", "language: de\nstart:"), "+ language: de"),
        (('top: "9"', 'top: "8"'), "~ top: 9 → 8"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_change_is_told(tmp_path: Path, edit: tuple[str, str], change: str) -> None:
    assert any(change in line for line in told(tmp_path, edit)), told(tmp_path, edit)


def test_nothing_else_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, ("busy: menu", "busy: desk")) == ["  ~ sales, busy: menu → desk"]


def test_comments_and_order_are_no_change(tmp_path: Path) -> None:
    assert told(tmp_path, ("start: menu", "# here they begin\nstart: menu")) == []
    assert told(tmp_path, ("{busy: menu, no_answer: desk", "{no_answer: desk, busy: menu")) == []


def test_what_a_handler_takes_over_is_told(tmp_path: Path) -> None:
    edit = ("no_match: desk}", "no_match: desk, no_input: sales}")
    assert told(tmp_path, edit) == [
        "  ~ menu, no_input: menu → sales",
        "  - menu, no_input, 3 times: desk",
    ]


def test_a_state_with_another_name_is_the_same_state(tmp_path: Path) -> None:
    new = re.sub(r"\bdesk\b", "reception", MENU)
    changes = compare(loaded(tmp_path), loaded(tmp_path, new, "new.yaml")).changes
    (only,) = changes
    assert (only.what, only.old, only.new) == ("renamed", "desk", "reception")
    assert only.place.endswith("new.yaml:21")


def test_a_renamed_state_may_have_changed_as_well(tmp_path: Path) -> None:
    assert told(tmp_path, ("sales", "shop"), ("sip:1@", "sip:2@")) == [
        "  ~ sales is called shop now",
        "  + menu, shop: shop",
        "  - menu, sales: shop",
        "  + menu, ask shop: 1, shop",
        "  - menu, ask sales: 1, sales",
        "  ~ shop, transfer to: sip:1@pbx.example → sip:2@pbx.example",
    ]


@pytest.mark.parametrize(
    "state",
    [
        "{do: {say: goodbye}, then: end}",  # says something else, elsewhere
        "{do: {log: sorry}, then: end}",  # does something else, in the same place
    ],
)
def test_what_is_something_else_is_another_state(tmp_path: Path, state: str) -> None:
    sorry = MENU.replace("no_match: desk}", "no_match: regret}")
    sorry += "  regret: {do: {say: sorry}, then: end}\n"
    new = MENU.replace("busy: menu", "busy: other").replace("no_match: desk}", "no_match: other}")
    if "goodbye" in state:
        new = new.replace("no_match: other}", "no_match: desk}")
    old, new_ = loaded(tmp_path, sorry), loaded(tmp_path, f"{new}  other: {state}\n", "new.yaml")
    states = [
        (each.what, each.state) for each in compare(old, new_).changes if each.kind == "state"
    ]
    assert states == [("removed", "regret"), ("added", "other")]


def test_all_states_may_have_other_names(tmp_path: Path) -> None:
    new = MENU
    for name in ("sure", "desk", "menu"):
        new = re.sub(rf"\b{name}\b(?!:)", f"{name}_", new)
        new = new.replace(f"  {name}:", f"  {name}_:")
    changes = compare(loaded(tmp_path), loaded(tmp_path, new, "new.yaml")).changes
    renamed = {each.old: each.new for each in changes if each.what == "renamed"}
    assert renamed == {"menu": "menu_", "sure": "sure_", "desk": "desk_"}
    assert not [
        each for each in changes if each.kind in ("state", "way") and each.what != "renamed"
    ]


def test_flows_that_are_called_are_compared_too(tmp_path: Path) -> None:
    called = "ivr: 1\nflow: asking\nstart: a\noutcomes: [done]\nstates:\n"
    called += "  a: {do: {say: one}, then: done}\n"
    calling = "ivr: 1\nflow: m\nstart: s\nstates:\n"
    calling += "  s: {do: [answer, {call_flow: c.yaml}], then: end}\n"
    for folder, text in (("old", called), ("new", called.replace("say: one", "say: two"))):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, text, "c.yaml")
        written(tmp_path / folder, calling, "m.yaml")
    old, new = (load_flow(tmp_path / folder / "m.yaml") for folder in ("old", "new"))
    (only,) = compare(old, new).changes
    assert (only.kind, only.state, only.old, only.new) == ("prompt", "asking.a", "one", "two")


def test_outcomes_of_a_flow_are_no_prompts(tmp_path: Path) -> None:
    called = "ivr: 1\nflow: m\nstart: s\noutcomes: [done]\nstates:\n"
    called += "  s: {do: {say: hi}, then: done}\n"
    old = loaded(tmp_path, called)
    new = loaded(tmp_path, called.replace("done", "did").replace("hi}", "[hi, ho]}"))
    kinds = {each.name: each.kind for each in compare(old, new).changes}
    assert kinds["outcomes"] == "flow" and kinds["say prompts"] == "prompt"


def test_what_is_gone_is_placed_where_it_was(tmp_path: Path) -> None:
    with_more = MENU.replace("welcome,", "welcome, first_digit: 8 s,").replace(
        "start:", "language: de\nmax_duration: {after: 9 min}\nstart:"
    )
    old, new = loaded(tmp_path, with_more, "old.yaml"), loaded(tmp_path, MENU, "new.yaml")
    without = loaded(tmp_path, MENU.replace("operator: desk", "").replace(', operator: "0"', ""))
    gone = [
        each
        for before, now in ((old, new), (new, without))
        for each in compare(before, now).changes
        if each.what == "removed"
    ]
    assert {Path(each.place.partition(":")[0]).name for each in gone} == {"old.yaml", "new.yaml"}


def test_schedules_of_the_settings_are_compared(ivr: Ivr, tmp_path: Path) -> None:
    flow = """
        ivr: 1
        flow: m
        start: s
        states:
          s: {do: [answer, {schedule: office}], then: {open: end, closed: end}}
        """
    repository(tmp_path, {"m.yaml": dedent(flow), "ivr.yaml": settings("Mon-Fri 09:00-17:00")})
    (tmp_path / "ivr.yaml").write_text(settings("Mon-Fri 9:00-17:00"))
    assert ivr("diff", "HEAD:m.yaml", "m.yaml") == (0, "", "")
    (tmp_path / "ivr.yaml").write_text(settings("Mon-Fri 09:00-18:00"))
    said = ivr("diff", "HEAD:m.yaml", "m.yaml")
    assert said.code == 1
    assert "~ office: open: Mon-Fri 09:00-17:00 → open: Mon-Fri 09:00-18:00" in said.out


def test_texts_of_prompts_are_compared(ivr: Ivr, tmp_path: Path) -> None:
    flow = "ivr: 1\nflow: m\nstart: s\nstates: {s: {do: [answer, say: hello], then: end}}\n"
    files = {
        "m.yaml": flow,
        "ivr.yaml": settings("Mon 09:00-17:00"),
        "prompts/en.yaml": "hello: Hi",
    }
    repository(tmp_path, {**files})
    (tmp_path / "prompts/en.yaml").write_text("hello: Good day")
    said = ivr("diff", "HEAD:m.yaml", "m.yaml")
    assert (said.code, said.err) == (1, "")
    assert said.out == "prompts\n  ~ hello in en: Hi → Good day\n"


def test_a_state_in_python_is_compared_as_code(tmp_path: Path) -> None:
    code = """
from ivr import END, Call, Flow, answer, say
flow = Flow("m", start="s")

@flow.state(done=END)
async def s(call: Call) -> str:
    'Greets.'
    await answer(call)
    # says it once
    return (await say(call, "hello" if 2 > 1 else "goodbye")).outcome
"""
    old = load_flow(written(tmp_path, code, "old.py"))
    reworded = code.replace("says it once", "greets").replace("Greets", "Says it")
    same = load_flow(written(tmp_path, reworded, "same.py"))
    new = load_flow(written(tmp_path, code.replace("2 > 1", "2 > 3"), "new.py"))
    assert not compare(old, same).changes
    assert [(each.state, each.name) for each in compare(old, new).changes] == [("s", "its code")]


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_sample_is_as_it_is(file: Path) -> None:
    assert not compare(load_flow(file), load_flow(file)).changes


def test_the_drawing_shows_what_was_and_what_is(tmp_path: Path) -> None:
    new = MENU.replace("sales: sales", "sales: fax").replace("sip:0@", "sip:9@")
    new = new.replace("  sales:\n", "  fax: {do: {say: hi}, then: sales}\n  sales:\n")
    drawn = picture_of(compare(loaded(tmp_path), loaded(tmp_path, new, "new.yaml")))
    tones = {box.name: box.tone for group in drawn.groups for box in group.boxes if box.tone}
    assert (tones["fax"], tones["desk"], tones.get("sales")) == ("new", "changed", None)
    lines = {(line.source, line.target): line.tone for line in drawn.lines}
    assert lines["menu", "sales"] == "gone"
    assert lines["menu", "fax"] == lines["fax", "sales"] == "new"
    back = picture_of(compare(loaded(tmp_path, new), loaded(tmp_path, MENU, "new.yaml")))
    gone = {box.name for group in back.groups for box in group.boxes if box.tone == "gone"}
    assert gone == {"fax"}
    assert '"fax" [' in as_dot(back)


def test_a_comment_for_a_pull_request_has_a_table_and_the_map(tmp_path: Path) -> None:
    new = MENU.replace("welcome", "'{{ vars.x | y }} @all'").replace(
        "prompts: '", "prompts: {text: '"
    )
    new = MENU.replace("prompts: welcome", "prompts: {text: '*Hi* @all <b>'}")
    compared = compare(loaded(tmp_path), loaded(tmp_path, new, "new.yaml"))
    said = as_markdown("menu", compared.changes, "flowchart TD")
    row = r'| prompts | menu | ask prompts | welcome | "\*Hi\* &#64;all &lt;b&gt;" |'
    assert said.startswith("### menu: 1 change for callers\n") and row in said
    assert "```mermaid\nflowchart TD\n```" in said
    assert as_markdown("menu", [], "") == "### menu: nothing changes for callers\n"


def test_long_texts_are_shown_where_they_differ(tmp_path: Path) -> None:
    long = "For all that has to do with bills and what stands in them please press the key "
    text = MENU.replace("prompts: welcome", f"prompts: {{text: '{long} one'}}")
    (line,) = told(tmp_path, ("key  one", "key  two"), old=text)
    assert line == '  ~ menu, ask prompts: …press the key one" → …press the key two"'


def test_the_exit_code_is_that_of_diff(ivr: Ivr, tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, MENU.replace("busy: menu", "busy: desk"), "new.yaml")
    assert ivr("diff", "menu.yaml", "menu.yaml") == (0, "", "")
    said = ivr("diff", "menu.yaml", "new.yaml")
    assert said == (1, "ways\n  ~ sales, busy: menu → desk  (new.yaml:16)\n", "")
    assert ivr("diff", "menu.yaml", "none.yaml").code == 2
    written(tmp_path, "ivr: 1\n", "broken.yaml")
    assert ivr("diff", "menu.yaml", "broken.yaml").code == 2


def test_it_can_be_read_by_scripts_and_drawn(ivr: Ivr, tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, MENU.replace("busy: menu", "busy: desk"), "new.yaml")
    said = ivr("diff", "menu.yaml", "new.yaml", "--json", "-o", "changes.dot")
    (only,) = json.loads(said.out)
    assert only == {
        **{"kind": "way", "what": "changed", "state": "sales", "name": "busy"},
        **{"old": "menu", "new": "desk", "place": "new.yaml:16"},
    }
    assert (tmp_path / "changes.dot").read_text().startswith("digraph")
    assert ivr("diff", "menu.yaml", "new.yaml", "--markdown").out.startswith("### menu: 1 change")


def test_revisions_are_those_of_git(ivr: Ivr, tmp_path: Path) -> None:
    repository(tmp_path, {"flows/menu.yaml": MENU})
    written(tmp_path / "flows", MENU.replace("on_error: menu", "on_error: desk"))
    said = ivr("diff", "HEAD:flows/menu.yaml", "flows/menu.yaml")
    assert said == (1, "ways\n  ~ sales, on_error: menu → desk  (flows/menu.yaml:14)\n", "")
    assert ivr("diff", "HEAD:./flows/menu.yaml", "HEAD:flows/menu.yaml").code == 0
    said = ivr("diff", "HEAD:flows/none.yaml", "flows/menu.yaml")
    assert said.code == 2 and "there is no flows/none.yaml in HEAD" in said.err
    said = ivr("diff", "no-such:flows/menu.yaml", "flows/menu.yaml")
    assert said.code == 2 and "git knows no revision 'no-such'" in said.err
    repository(tmp_path, {"flows/menu.yaml": "ivr: 1\n"})
    said = ivr("diff", "HEAD:flows/menu.yaml", "flows/menu.yaml")
    assert said.code == 2 and said.err.startswith("HEAD:flows/menu.yaml:1:1: ")


def test_a_revision_is_all_that_git_has_of_it(ivr: Ivr, tmp_path: Path) -> None:
    for name, target in (("away", "/etc/hosts"), ("out", "../elsewhere"), ("round", "round")):
        (tmp_path / name).symlink_to(target)
    (tmp_path / "same.yaml").symlink_to("flows/menu.yaml")
    left_out = {".gitattributes": "flows export-ignore\n"}  # of what is packed for others
    repository(tmp_path, {"flows/menu.yaml": MENU, **left_out})
    assert ivr("diff", "HEAD:flows/menu.yaml", "flows/menu.yaml") == (0, "", "")
    assert ivr("diff", "HEAD:same.yaml", "flows/menu.yaml") == (0, "", "")
    index = subprocess.run(["git", "status", "--short"], cwd=tmp_path, capture_output=True)
    assert not index.stdout


def test_a_path_of_a_revision_stays_in_it(
    ivr: Ivr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository(tmp_path, {"flows/menu.yaml": MENU})
    (tmp_path / "flows/menu.yaml").write_text("ivr: 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "flows")
    for path in ("./menu.yaml", "../flows/menu.yaml", "flows/menu.yaml"):
        assert ivr("diff", f"HEAD:{path}", f"HEAD:{path}") == (0, "", "")
    for path in (f"{tmp_path}/flows/menu.yaml", "../../menu.yaml"):
        said = ivr("diff", f"HEAD:{path}", "menu.yaml")
        assert said.code == 2 and "paths begin at the top of the repository" in said.err


def settings(hours: str) -> str:
    return f"routes: {{'*': m.yaml}}\nschedules: {{office: {hours}}}\n"


def repository(folder: Path, files: dict[str, str]) -> None:
    """One with *files* in its last commit."""
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "as it was"]):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
