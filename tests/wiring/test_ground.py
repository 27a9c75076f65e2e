"""Every command reads a flow as `ivr serve` does: with all that its project gives to it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.dialling.own_line import OwnLine
from ivr.project import load_project
from tests.commands import Ivr, command_line

pytest_plugins = ["pytester"]

Tests = Callable[[str], pytest.RunResult]

FILES = {
    "ivr.yaml": """\
routes: {"100": menu.yaml}
shared: shared.yaml
statuses: {busy: 600}
schedules: {office: "Mon-Fri 09:00-17:00"}
languages: {callers: {"+49": de}}
callers: {vip: ["+49301"]}
""",
    "shared.yaml": "ivr: 1\nstates: {refuse: {do: {reject: busy}}}\n",
    "menu.yaml": """\
ivr: 1
flow: menu
start: open
states:
  open:
    do: {schedule: {use: office}}
    then: {open: who, closed: refuse}
  who:
    do: {branch: {vip: "'vip' in caller_lists and language == 'de'"}}
    then: {vip: greet, otherwise: refuse}
  greet:
    do: [answer, say: welcome]
    then: end
""",
    "prompts/en.yaml": "welcome: Good day.\n",
    "prompts/de.yaml": "welcome: Guten Tag.\n",
    "menu.test.yaml": """\
ivr: 1
scenarios:
  someone on the list: {caller: "+49301", steps: [hears: welcome, is_over]}
  someone else: {caller: "+49302", steps: [is_rejected_with: 600]}
""",
}

QUIET = tuple(f"-pno:{name}" for name in ("hypothesispytest", "schemathesis", "xdist", "cov"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ivr(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ivr:
    return command_line(capsys, monkeypatch)


def test_its_stories_are_told_with_it(ivr: Ivr) -> None:
    assert ivr("check").out.startswith("menu.yaml: ok")
    assert ivr("test", "menu.test.yaml").out.endswith("2 passed, 0 failed\n")


def test_who_is_the_caller_has_its_languages_and_lists(
    ivr: Ivr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: "")
    assert "Guten Tag." in ivr("call", "menu.yaml", "--caller", "+49301").out
    assert "600" in ivr("call", "menu.yaml").out


@pytest.fixture
def tests(pytester: pytest.Pytester) -> Tests:
    """What becomes of tests in the project."""
    for name, text in FILES.items():
        (pytester.path / name).parent.mkdir(exist_ok=True)
        (pytester.path / name).write_text(text)

    def run(tests: str) -> pytest.RunResult:
        pytester.makepyfile(tests)
        return pytester.runpytest("-c/dev/null", f"--rootdir={pytester.path}", *QUIET)

    return run


def test_pytest_reads_it_the_same(tests: Tests) -> None:
    tests(
        """
        import pytest

        @pytest.mark.flow("menu.yaml")
        def test_others(call):
            call.is_rejected_with(600)
        """
    ).assert_outcomes(passed=3)


def test_callers_that_nobody_thought_of_call_the_same(tests: Tests) -> None:
    tests(
        """
        from hypothesis import given, settings
        from ivr.testing import callers

        @settings(deadline=None, max_examples=3, database=None)
        @given(callers("menu.yaml", caller="+49301"))
        def test_listed(caller):
            assert caller.call.path == ["open", "who", "greet"]
        """
    ).assert_outcomes(passed=3)


def test_a_flow_that_is_called_out_with_has_the_same(project: Path) -> None:
    served = load_project(project / "ivr.yaml").flows["100"]
    line = OwnLine.of(project / "ivr.yaml", "menu.yaml")
    assert set(line.flow.states) == {"open", "who", "greet", "refuse"} == set(served.states)  # type: ignore[union-attr]
    assert line.flow.house.statuses["busy"] == 600
