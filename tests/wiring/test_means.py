"""What a flow names of the settings is there, or it is told before a call comes."""

from pathlib import Path

import pytest

from ivr.engine.errors import LoadError
from ivr.project import Ground, load_project
from ivr.testing.scenario import load_scenarios

SETTINGS = """\
routes: {"*": f.yaml}
secrets: {crm: {env: TOKEN_OF_CRM}}
mailboxes: {601: {pin: {env: PIN_OF_601}}, 602: {}}
work:
  http: {hosts: ["*.example.com", 10.1.2.3, 192.168.1.1, localhost], private: [10.1.0.0/16]}
"""
FLOW = (
    "ivr: 1\nflow: f\nstart: a\nstates:\n  a:\n    do:\n      - answer\n      - {}\n    then: {}\n"
)
WORK = "{ok: end, failed: end, timeout: end}"
URL = "https://crm.example.com"


def flow(folder: Path, verb: str, then: str = WORK) -> Path:
    file = folder / "f.yaml"
    file.write_text(FLOW.format(verb, then))
    return file


def faults(folder: Path, verb: str, then: str = WORK, settings: str = SETTINGS) -> list[str]:
    """What is wrong with a flow of this verb, as ``line:column: message``."""
    (folder / "ivr.yaml").write_text(settings)
    flow(folder, verb, then)
    try:
        load_project(folder / "ivr.yaml")
    except LoadError as error:
        return [
            str(each).partition("f.yaml:")[2].removesuffix(f" [{each.code}]")
            for each in error.faults
        ]
    return []


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_OF_CRM", "s3cret")
    monkeypatch.setenv("PIN_OF_601", "4711")


@pytest.mark.parametrize(
    "verb",
    [
        f'http: {{url: "{URL}", body: {{a: ["{{{{ secrets.crm }}}}"]}}}}',
        f'http: {{url: "{URL}", body: "{{{{ secrets.cmr | default(\'\') }}}}"}}',
        f'http: {{url: "{URL}", body: "{{{{ secrets[dialled] }}}}"}}',
    ],
)
def test_a_secret_that_is_there_or_may_be_missing_is_no_fault(tmp_path: Path, verb: str) -> None:
    assert not faults(tmp_path, verb)


def test_a_pin_of_a_mailbox_is_a_secret(tmp_path: Path) -> None:
    then = "{ok: end, failed: end, locked: end}"
    verb = "authenticate: {{prompts: {{text: PIN}}, expected: secrets.mailbox_{}}}"
    assert not faults(tmp_path, verb.format(601), then)
    assert faults(tmp_path, verb.format(602), then) == [
        "8:56: expected: no secret 'mailbox_602' in ivr.yaml; did you mean 'mailbox_601'?"
    ]


@pytest.mark.parametrize(
    "part", ["{basic_auth: {user: a, password: X}, url: U}", "{url: U, body: [X]}"]
)
def test_a_secret_is_missed_wherever_it_stands(tmp_path: Path, part: str) -> None:
    verb = "http: " + part.replace("U", URL).replace("X", "'{{ secrets.cmr }}'")
    (fault,) = faults(tmp_path, verb)
    assert fault.endswith("no secret 'cmr' in ivr.yaml; did you mean 'crm'?")


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        (URL, ""),
        (URL + "/{{ dialled }}", ""),
        ("http://10.1.2.3:8080/", ""),
        ("https://elsewhere.org/", "elsewhere.org may not be asked; add it to work.http.hosts"),
        (
            "http://192.168.1.1/",
            "192.168.1.1 is 192.168.1.1, a private address; see work.http.private",
        ),
        ("http://localhost/", "localhost is 127.0.0.1, a private address; see work.http.private"),
    ],
)
@pytest.mark.parametrize("verb", ["http: {{url: '{}'}}", "notify: {{webhook: '{}', secret: x}}"])
def test_a_host_that_may_not_be_asked_is_told(
    tmp_path: Path, verb: str, url: str, wrong: str
) -> None:
    found = [each.rpartition(": ")[2] for each in faults(tmp_path, verb.format(url))]
    assert found == ([wrong] if wrong else [])


def test_which_of_several_databases_is_to_be_said(tmp_path: Path) -> None:
    several = "work: {databases: {a: {url: 'sqlite:///a'}, b: {url: 'sqlite:///b'}}}"
    verb = "sql: {query: select 1}"
    settings = 'routes: {"*": f.yaml}\n'
    assert faults(tmp_path, verb, settings=settings + several) == [
        "8:9: sql: ivr.yaml has several databases; expected database: one of a, b"
    ]
    assert faults(tmp_path, verb, settings=settings) == [
        "8:9: sql: ivr.yaml has no database; add it to work.databases"
    ]
    assert not faults(tmp_path, verb, settings=settings + several.replace(", b:", "}} #"))


def test_an_account_is_unknown_where_there_is_none(tmp_path: Path) -> None:
    then = (
        "{answered: end, busy: end, no_answer: end, rejected: end, unreachable: end, failed: end}"
    )
    settings = 'routes: {"*": f.yaml}\ncalls_out: {allow: [pbx.example]}\n'
    verb = "transfer: {to: 'sip:601@pbx.example', account: trunk}"
    assert faults(tmp_path, verb, then, settings) == [
        "8:56: account: no account 'trunk' in ivr.yaml; it has none"
    ]


def test_a_mailbox_that_is_not_among_them_is_warned_of(tmp_path: Path) -> None:
    for box, warnings in (("601", 0), ("603", 1), ("{{ dialled }}", 0)):
        assert not faults(tmp_path, f"deliver: {{box: '{box}', message: x}}")
        assert len(load_project(tmp_path / "ivr.yaml").warnings) == warnings
    none = 'routes: {"*": f.yaml}'
    assert not faults(tmp_path, "deliver: {box: '603', message: x}", settings=none)
    assert not load_project(tmp_path / "ivr.yaml").warnings


def test_a_story_makes_up_what_the_settings_have(tmp_path: Path) -> None:
    verb = "http: {url: 'https://elsewhere.org', body: '{{ secrets.made_up }}'}"
    assert len(faults(tmp_path, verb)) == 2
    story = tmp_path / "f.test.yaml"
    story.write_text("ivr: 1\nscenarios: {a: {steps: [waits_for: http, is_over]}}")
    assert load_scenarios(story, house=Ground.read(tmp_path / "ivr.yaml").house).run()[0].passed


def test_without_settings_nothing_is_known(tmp_path: Path) -> None:
    file = flow(tmp_path, "sql: {query: select 1, parameters: {a: '{{ secrets.any }}'}}")
    assert Ground().load_one(file).house.means is None


def test_what_others_serve_may_name_what_is_not_here(tmp_path: Path) -> None:
    verb = f"http: {{url: {URL}, body: '{{{{ secrets.other }}}}'}}"
    assert len(faults(tmp_path, verb)) == 1
    ground = Ground.read(tmp_path / "ivr.yaml")
    assert ground.of_others().load_one(tmp_path / "f.yaml")
