"""The command line as a user meets it: what is printed, and the exit code."""

import json
import re
import shutil
import socket
import sys
from pathlib import Path

import pytest

from ivr.config import load_settings
from ivr.engine.codes import Code
from tests.commands import Ivr, command_line
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return command_line(capsys, monkeypatch)


@pytest.fixture
def shop(ivr: Ivr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new project, and the folder to be in."""
    assert ivr("new", "shop").code == 0
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


def test_a_new_project_is_right_from_the_start(ivr: Ivr, shop: Path) -> None:
    assert ivr("check").out == "flows/menu.yaml: ok, 5 states\n"
    tested = ivr("test")
    assert tested.code == 0 and "3 passed, 0 failed" in tested.out


def test_a_folder_that_exists_is_left_alone(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter").write_text("dear")
    said = ivr("new", "mine")
    assert said.code == 2 and "exists already" in said.err
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["letter"]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("..", ".. exists already"),
        ("file", "file exists already"),
        ("link", "link exists already"),
        ("file/mine", "file/mine cannot be made: Not a directory"),
        ("x" * 300, "cannot be made: File name too long"),
    ],
)
def test_a_project_that_cannot_be_made(ivr: Ivr, tmp_path: Path, name: str, fault: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("nowhere")
    said = ivr("new", name)
    assert said.code == 2 and fault in said.err


def test_what_is_to_be_typed_next_can_be_typed(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "  cd empty\n" in ivr("new", "empty").out
    assert "  cd 'my shop'\n" in ivr("new", "my shop").out
    assert (tmp_path / "my shop/ivr.yaml").exists()


def test_the_settings_that_a_project_suggests_exist(ivr: Ivr, shop: Path) -> None:
    suggestions = re.sub(r"(?m)^# (?=[a-z ]+:(?:  | \w|$))", "", Path("ivr.yaml").read_text())
    Path("ivr.yaml").write_text(suggestions)
    settings = load_settings(Path("ivr.yaml"))
    assert (settings.calls, settings.user, settings.sip.address) == (64, "ivr", "192.0.2.10")


def test_check_lists_the_faults_of_all_files(ivr: Ivr, shop: Path) -> None:
    Path("ivr.yaml").write_text('routes: {"1": flows/menu.yaml, "2": flows/two.yaml}\n')
    menu = Path("flows/menu.yaml")
    menu.write_text(menu.read_text().replace("say: hours", "say: ours"))
    Path("flows/two.yaml").write_text("flow: two\n")
    said = ivr("check")
    assert said.code == 1
    assert "flows/menu.yaml:29:15: say: unknown prompt 'ours'; did you mean 'hours'?" in said.err
    assert "flows/two.yaml:1:1: the flow lacks ivr: 1" in said.err


def test_no_call_begins_with_a_flow_that_needs_arguments(ivr: Ivr, shop: Path) -> None:
    Path("ivr.yaml").write_text('routes: {"1": flows/box.yaml}\n')
    Path("flows/box.yaml").write_text(
        "ivr: 1\nflow: box\nstart: a\narguments: {number: text}\nstates: {a: {do: hang_up}}\n"
    )
    wrong = "no call can begin with box: it needs number; give each a default"
    assert wrong in ivr("check").err and wrong in ivr("serve").err
    Path("ivr.yaml").write_text('routes: {"1": flows/menu.yaml}\n')
    assert ivr("check", "flows/box.yaml").code == 0


def test_flows_for_calls_out_are_checked_and_spoken(ivr: Ivr, shop: Path) -> None:
    Path("ivr.yaml").write_text('routes: {"1": flows/menu.yaml}\nflows: [flows/survey.yaml]\n')
    survey = Path("flows/survey.yaml")
    survey.write_text(
        "ivr: 1\nflow: survey\nstart: a\n"
        "states: {a: {do: [answer, {say: {text: Any news}}, hang_up]}}\n"
    )
    assert "flows/survey.yaml: ok, 1 state\n" in ivr("check").out
    missing = ivr("prompts", "--missing").out
    assert "Any news" in missing and "To take it, press 1." in missing
    survey.write_text("flow: two\n")
    assert "flows/survey.yaml:1:1: the flow lacks ivr: 1" in ivr("check").err


def test_check_speaks_json(ivr: Ivr, shop: Path) -> None:
    said = json.loads(ivr("check", "--json").out)
    assert said["faults"] == []
    assert said["flows"]["flows/menu.yaml"] == ["goodbye", "greet", "hours", "menu", "message"]


def test_check_looks_at_what_the_settings_name(ivr: Ivr, shop: Path) -> None:
    settings = Path("ivr.yaml").read_text()
    Path("ivr.yaml").write_text(
        settings + "user: nobody-of-that-name\n"
        "accounts: {t: {registrar: sip:r.example, user: t, secret_file: nope.secret}}\n"
    )
    said = ivr("check")
    assert said.code == 0
    assert "note: accounts.t.secret_file: " in said.err and "nope.secret cannot be read" in said.err
    assert "note: user: there is no user 'nobody-of-that-name' here" in said.err
    Path("ivr.yaml").write_text(settings + "front: {users: nope.yaml}\n")
    said = ivr("check")
    assert said.code == 1 and "front.users: " in said.err and "nope.yaml" in said.err


def test_a_code_is_explained(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("ivr: 1\nflow: a\nstart: b\nstates: {a: {do: hang_up}}\n")
    told, hint = ivr("check", "a.yaml").err.splitlines()
    assert told.endswith(" [unknown-state]") and "ivr explain" in hint
    assert json.loads(ivr("check", "a.yaml", "--json").out)["faults"][0]["code"] == "unknown-state"
    explained = ivr("explain", "[unknown-state]").out
    assert "leads to a state that the flow does not have" in explained
    assert "    greet:\n      do: [answer, {say: welcome}]\n      then: menuu\n" in explained
    assert "did you mean 'unknown-state'?" in ivr("explain", "unknown-stat").err
    assert ivr("explain", "x").code == 2
    listed = ivr("explain").out
    assert all(str(code) in listed for code in Code)


def test_check_takes_files_without_settings(ivr: Ivr, tmp_path: Path) -> None:
    shutil.copy(ROOT / "flows/auto_attendant.yaml", tmp_path / "a.yaml")
    assert ivr("check", "a.yaml").code == 0
    assert ivr("check", "b.yaml").err == (
        "b.yaml: cannot be read: No such file or directory [unreadable-file]\n"
        "`ivr explain CODE` says more of what stands in brackets.\n"
    )


def test_a_link_to_itself_is_no_file(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    said = ivr("check", "loop.yaml")
    assert said.code == 1 and "loop.yaml: cannot be read" in said.out + said.err


def test_what_cannot_be_written_is_named(ivr: Ivr, shop: Path) -> None:
    said = ivr("draw", "flows/menu.yaml", "-o", "nowhere/menu.dot")
    assert said.code == 2 and said.err == "ivr: nowhere/menu.dot: No such file or directory\n"


def test_a_failed_scenario_tells_the_story(ivr: Ivr, shop: Path) -> None:
    story = Path("flows/menu.test.yaml")
    story.write_text(story.read_text().replace("hears: hours", "hears: goodbye"))
    said = ivr("test")
    assert said.code == 1
    assert "1 failed" in said.out and "flows/menu.test.yaml:10:9:" in said.out
    assert ivr("test", "--json").code == 1


def test_doctor_without_settings(ivr: Ivr) -> None:
    said = ivr("doctor")
    assert said.code == 1 and "BAD  settings: no settings file" in said.out


def test_a_prompt_must_exist_in_the_flows_language(ivr: Ivr, shop: Path) -> None:
    menu = Path("flows/menu.yaml")
    menu.write_text(menu.read_text().replace("flow: menu", "flow: menu\nlanguage: de"))
    Path("prompts/de.yaml").write_text("hallo: Hallo.\n")
    assert ivr("check").code == 0  # what German lacks is heard in the default language
    menu.write_text(menu.read_text().replace("language: de", "language: en"))
    menu.write_text(menu.read_text().replace("say: hours", "say: hallo"))
    said = ivr("check")
    assert said.code == 1 and "the prompt 'hallo' does not exist in 'en'" in said.err


def test_faults_of_settings_are_json_too(ivr: Ivr, shop: Path) -> None:
    Path("ivr.yaml").write_text("route: {}\n")
    for command in ("check", "test"):
        said = ivr(command, "--json")
        assert said.code == 1 and json.loads(said.out)["faults"]


def test_settings_that_are_missing_or_wrong(ivr: Ivr, tmp_path: Path) -> None:
    said = ivr("serve")
    assert said.code == 2 and "no settings file ivr.yaml" in said.err
    (tmp_path / "ivr.yaml").write_text("route: {}\n")
    said = ivr("serve")
    assert said.code == 1
    assert "ivr.yaml:1:1: unknown key 'route'; did you mean 'routes'?" in said.err


def test_serve_refuses_flows_with_faults(
    ivr: Ivr, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SIP__PORT", str(free_port()))
    Path("flows/menu.yaml").write_text("ivr: 1\n")
    said = ivr("serve")
    assert said.code == 1 and "flows/menu.yaml:1:1" in said.err


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_serve_looks_at_its_port_before_anything_that_takes_time(
    ivr: Ivr, shop: Path, monkeypatch: pytest.MonkeyPatch, kind: socket.SocketKind
) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setenv("IVR_SIP__PORT", str(port))
        said = ivr("serve")
    name = "UDP" if kind is socket.SOCK_DGRAM else "TCP"
    assert said.code == 2
    assert f"ivr: sip.port: {name} port {port} of 127.0.0.1 is in use by another" in said.err
    assert "set another sip.port, such as IVR_SIP__PORT=" in said.err
    assert not Path("var/cache").exists()


def test_prompts_are_rendered_once(ivr: Ivr, shop: Path) -> None:
    missing = ivr("prompts", "--missing")
    assert missing.code == 1 and "en welcome" in missing.out
    assert ivr("prompts").out.startswith("9 rendered, 0 at hand")
    assert ivr("prompts").out.startswith("0 rendered, 9 at hand")
    assert ivr("prompts", "--missing", "--json").out == "[]\n"


def test_call_lets_one_be_the_caller(ivr: Ivr, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = iter(["", "1", "", "hang up"])
    monkeypatch.setattr("builtins.input", lambda prompt="": next(lines))
    said = ivr("call", "flows/menu.yaml", "--at", "2026-12-25 10:00 Europe/Berlin")
    assert said.code == 0
    assert "We are here from Monday to Friday" in said.out
    assert "ended by the caller" in said.out


@pytest.mark.parametrize("closed", ["stdin", "stdout"])
def test_nobody_calls_without_a_terminal(
    ivr: Ivr, shop: Path, monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, closed, None)
        said = ivr("call", "flows/menu.yaml")
    assert said.code == 2 and "needs its input and its output, and one is closed" in said.err


def test_nobody_calls_a_flow_that_needs_something(ivr: Ivr, shop: Path) -> None:
    (shop / "flows" / "ask.yaml").write_text(
        "ivr: 1\nflow: ask\nstart: a\narguments: {expected: text}\noutcomes: [done]\n"
        "states: {a: {do: {say: {text: hi}}, then: done}}\n"
    )
    said = ivr("call", "flows/ask.yaml")
    assert said.code == 1 and "no call can begin with ask: it needs expected" in said.err


def test_a_moment_that_is_none(ivr: Ivr, shop: Path) -> None:
    said = ivr("call", "flows/menu.yaml", "--at", "tomorrow")
    assert said.code == 2 and "2025-03-03 10:00 Europe/Berlin" in said.err


def test_config_lists_every_key(ivr: Ivr) -> None:
    said = ivr("config").out.split("\n")
    assert said[said.index("sip.port: 5060") + 1] == "    IVR_SIP__PORT"
    rows = json.loads(ivr("config", "--json").out)
    assert {"key", "default", "environment", "meaning"} == set(rows[0])


def test_the_schema_is_json(ivr: Ivr) -> None:
    assert json.loads(ivr("schema").out)["title"] == "A flow"
    assert json.loads(ivr("schema", "--stories").out)["title"] == "Stories of a flow"


@pytest.mark.parametrize(("file", "kind"), [("menu.yaml", ()), ("menu.test.yaml", ("--stories",))])
def test_a_new_project_has_the_schemas_that_its_files_name(
    ivr: Ivr, shop: Path, file: str, kind: tuple[str, ...]
) -> None:
    named = (shop / "flows" / file).read_text().partition("$schema=")[2].split()[0]
    written = (shop / "flows" / named).read_text()
    assert json.loads(written) == json.loads(ivr("schema", *kind).out)


def test_the_schema_has_verbs_of_ones_own(ivr: Ivr, shop: Path) -> None:
    (shop / "mine.py").write_text(
        "import ivr\n\n\n@ivr.verb('dance')\n"
        "async def dance(call: ivr.Call) -> ivr.Result:\n    return ivr.Result('done')\n"
    )
    assert '"dance": {' in ivr("schema", "mine.py").out
    assert '"dance": {' not in ivr("schema").out


def test_no_command_shows_the_commands(ivr: Ivr) -> None:
    assert "serve" in ivr("--help").out
    assert ivr("-h").out == ivr("--help").out
    assert ivr("serve", "-h").out == ivr("serve", "--help").out
    assert ivr("sing").code == 2


def test_the_page_of_the_verbs_is_up_to_date() -> None:
    from ivr.flowfile.reference import page

    assert (ROOT / "docs/verbs.md").read_text() == page(), (
        "run: python -m ivr.flowfile.reference > docs/verbs.md"
    )


def test_the_page_of_the_library_is_up_to_date() -> None:
    from ivr.flowfile.library_page import page

    assert (ROOT / "docs/library.md").read_text() == page(), (
        "run: python -m ivr.flowfile.library_page > docs/library.md"
    )


def test_the_version(ivr: Ivr) -> None:
    said = ivr("--version")
    assert said.code == 0 and re.fullmatch(r"ivr \d+\.\d+\.\d+\S*\n", said.out)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--keys", "1x"], "ivr: --keys '1x': expected some of 0123456789*#ABCD\n"),
        (["--target", "pbx"], "ivr: --target 'pbx': expected such as 192.0.2.10:5060\n"),
        (["--target", "pbx:0"], "ivr: --target 'pbx:0': expected such as 192.0.2.10:5060\n"),
    ],
)
def test_a_self_call_that_is_typed_wrong(
    ivr: Ivr, shop: Path, words: list[str], message: str
) -> None:
    said = ivr("self-call", *words)
    assert (said.code, said.err) == (2, message)
