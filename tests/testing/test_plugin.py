"""The pytest plugin, in projects of its own."""

import pytest

from .conftest import FLOW, PYTHON, STORY

pytest_plugins = ["pytester"]

# Seconds less for each run.
QUICK = tuple(f"-pno:{name}" for name in ("hypothesispytest", "schemathesis", "xdist", "cov"))


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with the tiny flow in both spellings."""
    flows = pytester.mkdir("flows")
    (flows / "tiny.yaml").write_text(FLOW)
    (flows / "tiny.py").write_text(PYTHON)
    return pytester


def test_a_call_to_every_flow_of_the_mark(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.flow("flows/tiny.yaml", "flows/tiny.py")
        def test_sales(call):
            call.hears("welcome").is_asked("menu").presses("1").is_over(by="flow")
        """
    )
    result = project.runpytest("-v", *QUICK)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*test_sales[[]tiny.yaml]*", "*test_sales[[]tiny.py]*"])


def test_the_nearest_mark_wins(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from datetime import UTC, datetime
        import pytest

        pytestmark = pytest.mark.flow("flows/tiny.yaml", caller="1", dialled="2")

        @pytest.mark.flow(at=datetime(2030, 1, 1, tzinfo=UTC), caller="3")
        def test_when(call, flow):
            (_, offer), *_ = call.log
            assert (offer.wall, offer.caller, offer.dialled) == (1893456000, "3", "2")
            assert call.flow is flow
        """
    )
    project.runpytest(*QUICK).assert_outcomes(passed=1)


def test_a_flow_may_be_an_object_or_lie_beside_the_test(project: pytest.Pytester) -> None:
    beside = project.mkpydir("beside")
    (beside / "near.yaml").write_text(FLOW)
    (beside / "test_near.py").write_text(
        "import pytest\n"
        "@pytest.mark.flow('near.yaml')\n"
        "def test_near(call): call.hears('welcome')\n"
    )
    project.makepyfile(
        """
        import pytest
        from ivr import Flow, reject

        gone = Flow("gone", start="no")

        @gone.state()
        async def no(call):
            return (await reject(call, 410)).outcome

        @pytest.mark.flow(gone)
        def test_gone(call):
            call.is_rejected_with(410)
        """
    )
    project.runpytest(*QUICK).assert_outcomes(passed=2)


def test_a_fixture_of_the_project_does_as_well(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from ivr.flowfile import load_flow

        @pytest.fixture(params=["yaml", "py"])
        def flow(request):
            return load_flow(f"flows/tiny.{request.param}")

        def test_sales(call):
            call.hears("welcome")
        """
    )
    project.runpytest(*QUICK).assert_outcomes(passed=2)


def test_a_call_without_a_flow_says_what_it_needs(project: pytest.Pytester) -> None:
    project.makepyfile("def test_nothing(call): pass")
    result = project.runpytest(*QUICK)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*call needs a flow: @pytest.mark.flow('flows/menu.yaml')*"])


def test_a_flow_that_cannot_be_loaded(project: pytest.Pytester) -> None:
    project.makepyfile(
        "import pytest\n@pytest.mark.flow('flows/no.yaml')\ndef test_no(call): pass\n"
    )
    result = project.runpytest(*QUICK)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*flows/no.yaml: cannot be read: No such file or directory*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_story_that_fails_shows_its_sentence_and_no_insides(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.flow("flows/tiny.yaml")
        def test_sales(call):
            call.hears("menu")
        """
    )
    result = project.runpytest(*QUICK)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*expected to hear menu; it is welcome*", "*00:00.3  hears wel*"])
    result.stdout.no_fnmatch_line("*simulated_call.py*")


def test_scenarios_are_tests(project: pytest.Pytester) -> None:
    story = STORY.replace("scenarios", "flow: [tiny.yaml, tiny.py]\nscenarios")
    (project.path / "flows/tiny.test.yaml").write_text(story)
    result = project.runpytest("-v", *QUICK)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*tiny.test.yaml::sales[[]tiny.yaml]*"])
    project.runpytest("-k", "tiny.py", *QUICK).assert_outcomes(passed=1, deselected=1)


def test_a_scenario_that_fails_shows_its_sentence(project: pytest.Pytester) -> None:
    (project.path / "flows/tiny.test.yaml").write_text(STORY.replace("presses: 1", "is_in: greet"))
    result = project.runpytest(*QUICK)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "flows/tiny.test.yaml:*: sales: expected the state greet; it is choose *",
            "what the caller heard and did:",
            "*hears welcome*",
            "last events:",
        ]
    )
    result.stdout.no_fnmatch_line("*plugin.py*")


def test_a_scenario_file_that_cannot_be_used(project: pytest.Pytester) -> None:
    (project.path / "flows/tiny.test.yaml").write_text(STORY.replace("hears", "heers"))
    result = project.runpytest(*QUICK)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["flows/tiny.test.yaml:5:9: unknown step 'heers'; did you mean*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_other_projects_are_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makefile(".test.yaml", theirs="tests:\n  - ivr: no\n")
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def flow():
            return "water"

        @pytest.fixture
        def call(flow):
            return f"{flow}!"

        @pytest.mark.flow("fast", speed=3)
        def test_theirs(call, flow):
            assert call == "water!"
        """
    )
    pytester.runpytest_subprocess("-W", "error", *QUICK).assert_outcomes(passed=1)


def test_a_failure_shows_the_last_call(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from ivr.flowfile import load_flow
        from ivr.testing import SimulatedCall

        def test_path():
            call = SimulatedCall(load_flow("flows/tiny.yaml")).hears("welcome").hangs_up()
            assert call.path == ["greet"]
        """
    )
    result = project.runpytest(*QUICK)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*simulated call*", "at 00:02.3, state choose", "*hangs up", "last events:", "*HungUp(*"]
    )


COVERED = "flows/tiny.yaml  3/3 *2/2 *3/4 *2/2 *1/1 *91 %"


def test_coverage_of_flows(project: pytest.Pytester) -> None:
    (project.path / "flows/tiny.test.yaml").write_text(STORY)
    project.makepyfile(
        """
        import pytest

        @pytest.mark.flow("flows/tiny.yaml")
        def test_silence(call):
            call.is_asked("welcome", "menu").waits(60).is_over("flow")
        """
    )
    files = ("--ivr-cov-html=cov.html", "--ivr-cov-json=cov.json")
    result = project.runpytest("--ivr-cov", *files, *QUICK)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["flows/tiny.yaml:*: outcome choose: no_match", COVERED])
    assert "no_match" in (project.path / "cov.html").read_text()
    assert '["choose", "sales", "bye", 1]' in (project.path / "cov.json").read_text()


def test_too_little_coverage_fails(project: pytest.Pytester) -> None:
    (project.path / "flows/tiny.test.yaml").write_text(STORY)
    result = project.runpytest("--ivr-cov-fail-under=90", *QUICK)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["FAILED: coverage is 8? %, less than 90 %*"])
    assert project.runpytest("--ivr-cov-fail-under=80", *QUICK).ret == 0


def test_processes_hand_over_what_they_cover(project: pytest.Pytester) -> None:
    (project.path / "flows/tiny.test.yaml").write_text(STORY)
    project.makepyfile(
        """
        import pytest

        @pytest.mark.flow("flows/tiny.yaml")
        def test_silence(call):
            call.is_asked("welcome", "menu").waits(60).is_over("flow")
        """
    )
    alone = [option for option in QUICK if "xdist" not in option]
    result = project.runpytest("--ivr-cov", "-n1", *alone)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines([COVERED])


def test_a_flow_that_nobody_calls_is_not_covered(project: pytest.Pytester) -> None:
    (project.path / "ivr.yaml").write_text("routes: {'*': flows/tiny.yaml}\n")
    project.makepyfile("def test_nothing(): pass")
    result = project.runpytest("--ivr-cov", *QUICK)
    result.stdout.fnmatch_lines(["flows/tiny.yaml:*: state greet", "flows/tiny.yaml*0/3*0 %"])


def test_a_file_that_cannot_be_written(project: pytest.Pytester) -> None:
    result = project.runpytest("--ivr-cov-html=no/such/cov.html", *QUICK)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --ivr-cov-html: no/such is no folder"])
