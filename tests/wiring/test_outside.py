"""From the settings and a flow file to what is done outside, and back into the call."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, event

from ivr import outside
from ivr.config import load_settings
from ivr.engine import effects as do
from ivr.engine import events as ev
from ivr.engine.errors import LoadError, SettingsError
from ivr.engine.flow import Flow
from ivr.engine.values import Secret
from ivr.project import Project, load_project
from ivr.store.journal import Journal
from ivr.work.databases import _engine
from ivr.work.job import Failed
from ivr.work.pool import Pool
from ivr.worker import Worker
from tests.work.conftest import Request, Service, service

from .hall import OFFER, ScriptedPhone

__all__ = ["service"]  # the fixture

SESAME = "open-sesame-4711"
SECRET = "{{ secrets.crm }}"
WORKING = {"http", "sql", "python", "notify", "recall", "remember"}


class Line:
    """A worker with a pool, and one call on a phone whose clock goes on by itself."""

    def __init__(self, folder: Path, flow: Flow, pool: Pool) -> None:
        self.folder = folder
        self.awake = threading.Semaphore(0)
        pool.wake = self.awake.release
        self.phone = ScriptedPhone([("a", OFFER)], [("a", ev.Answered())])
        journal = Journal(folder / "calls", folder / "spool", "w0-1")
        self.worker = Worker(self.phone, lambda offer: (flow, offer), journal, pool=pool)

    def walk(self) -> None:
        """Until the flow is over, and the caller gone."""
        for _ in range(2):
            self.worker.turn()
        while not self.worker.sessions["a"].ended:
            assert self.awake.acquire(timeout=20)
            self.worker.turn()
        self.worker.tell("a", ev.HungUp())

    def journal(self) -> str:
        (file,) = self.folder.glob("calls/*/a.jsonl")
        return file.read_text()


def project(folder: Path, do: list[Any], **settings: Any) -> Project:
    """A project of one state that does all this, whatever comes of it."""
    works = any(set(verb) & WORKING for verb in do if isinstance(verb, dict))
    state: dict[str, Any] = {"do": [{"answer": {"settle": 0}}, *do, "hang_up"]}
    if works:
        state["then"] = {"failed": "end", "timeout": "end"}
    flow = {"ivr": 1, "flow": "one", "start": "a", "states": {"a": state}}
    (folder / "one.yaml").write_text(yaml.dump(flow))
    (folder / "prompts").mkdir(exist_ok=True)
    (folder / "ivr.yaml").write_text(yaml.dump({"routes": {"*": "one.yaml"}, **settings}))
    return load_project(folder / "ivr.yaml")


def flow_of(found: Project) -> Flow:
    """The only one of *found*."""
    flow = found.routes.take(OFFER).flow
    assert flow
    return flow


def line(folder: Path, do: list[Any], **settings: Any) -> Line:
    found = project(folder, do, **settings)
    return Line(folder, flow_of(found), outside.pool(found, lambda: None))


LOOPBACK = {"http": {"private": ["127.0.0.0/8"]}}


def test_a_call_asks_a_web_service(tmp_path: Path, service: Service) -> None:
    service.replies = [lambda request: request.answer(body=b'{"name": "Ada", "sum": 1.10}')]
    into = {"name": "body.name", "sum": "body.sum"}
    url = f"http://127.0.0.1:{service.server_port}/{{{{ caller }}}}"
    there = line(tmp_path, [{"http": {"url": url, "into": into}}], work=LOOPBACK)
    there.walk()
    assert service.seen[0].path == "/alice"
    assert "name=Ada, sum=1.10" in there.journal()


def test_a_call_asks_a_database_a_function_and_its_memory(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("async def twice(n): return 2 * n")
    there = line(
        tmp_path,
        [
            {"sql": {"query": "SELECT 21 AS n", "into": {"n": "rows[0].n"}}},
            {
                "python": {
                    "function": "own:twice",
                    "arguments": {"n": "{{ n }}"},
                    "into": {"m": "value"},
                }
            },
            {"remember": {"values": {"kept": "{{ m }}"}, "add": {"visits": 1}}},
            {"set": {"kept": "0"}},
            {"recall": ["kept"]},
        ],
        work={"databases": {"bank": {"url": "sqlite:///bank.db"}}},
    )
    there.walk()
    assert "n=21, m=42, visits=1, kept=42" in there.journal()
    assert (tmp_path / "bank.db").exists() and (tmp_path / "var/memory.db").exists()


def test_one_database_is_opened_once_and_closed_when_nobody_has_it_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Engine] = []
    closed: list[Engine] = []

    def opening(*given: Any) -> Engine:
        opened.append(_engine(*given))
        event.listen(opened[-1], "engine_disposed", closed.append)
        return opened[-1]

    monkeypatch.setattr("ivr.work.databases._engine", opening)
    crm = {"crm": {"url": f"sqlite:///{tmp_path / 'crm.db'}"}}
    found = project(tmp_path, [], work={"databases": crm, "memory": "crm"})
    jobs = {name: make() for name, make in outside.jobs(found).items()}
    jobs["sql"]({"database": "", "query": "SELECT 1", "parameters": {}, "most": 1}, 5)
    jobs["recall"]({"scope": "a", "names": []}, 5)
    jobs["mailbox"]({"action": "look", "box": "1", "of": "all", "after": ""}, 5)
    assert len(opened) == 1 and not closed
    jobs.clear()
    assert closed == opened


def test_a_caller_who_leaves_stops_what_is_being_done(tmp_path: Path, service: Service) -> None:
    service.replies = [service.hangs]
    url = f"http://127.0.0.1:{service.server_port}/"
    there = line(tmp_path, [{"http": {"url": url, "seconds": 60}}], work=LOOPBACK)
    for _ in range(2):
        there.worker.turn()
    there.worker.tell("a", ev.HungUp())
    assert not there.worker.sessions
    assert do.Stop(2) in there.phone.told("a") or do.Stop(1) in there.phone.told("a")
    service.closing.set()
    assert there.awake.acquire(timeout=10)
    there.worker.turn()  # and nobody is told


def test_the_phone_waits_no_longer_than_work_may_take(tmp_path: Path, service: Service) -> None:
    service.replies = [service.hangs]
    url = f"http://127.0.0.1:{service.server_port}/"
    there = line(tmp_path, [{"http": {"url": url, "seconds": 0.3}}], work=LOOPBACK)
    for _ in range(3):
        there.worker.turn()
    assert 0 < there.phone.waits[-1] <= 0.3


def test_a_worker_without_a_pool_says_so(tmp_path: Path) -> None:
    flow = flow_of(project(tmp_path, [{"python": {"function": "own:twice"}}]))
    there = Line(tmp_path, flow, Pool({}))
    for _ in range(2):
        there.worker.turn()
    assert "nobody does python here" in there.journal()


def test_a_line_of_a_flow_goes_into_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    there = line(tmp_path, [{"log": {"text": "{{ caller }} was here", "level": "warning"}}])
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            there.worker.turn()
    [record] = [record for record in caplog.records if "was here" in record.getMessage()]
    assert (record.levelname, record.getMessage()) == ("WARNING", "alice was here")
    assert record.call == "a"  # type: ignore[attr-defined]


# -- settings ---------------------------------------------------------------------------------


def test_secrets_come_from_the_environment_and_from_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_TOKEN", SESAME)
    (tmp_path / "bank.token").write_text("looking-glass\n")
    given = {"crm": {"env": "CRM_TOKEN"}, "bank": {"file": "bank.token"}}
    found = project(tmp_path, [], secrets=given)
    secrets = flow_of(found).secrets
    assert secrets == {"crm": SESAME, "bank": "looking-glass"}
    assert all(isinstance(secret, Secret) for secret in secrets.values())
    assert SESAME not in f"{found} {found.settings.fixed()}"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ({"env": "NOT_THERE"}, "secrets.crm: the environment has no NOT_THERE"),
        ({"file": "none.token"}, "none.token cannot be read: No such file"),
        ({"file": "empty.token"}, "empty.token is empty"),
    ],
)
def test_a_secret_that_is_not_there(tmp_path: Path, source: dict[str, str], why: str) -> None:
    (tmp_path / "empty.token").write_text("\n")
    with pytest.raises(SettingsError, match=why):
        project(tmp_path, [], secrets={"crm": source})


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"secrets": {"crm": {}}}, "expected one place for it: env, or file"),
        ({"secrets": {"crm": {"env": "A", "file": "b"}}}, "expected one place for it"),
        ({"secrets": {"my crm": {"env": "A"}}}, "should match pattern"),
        ({"work": {"http": {"hosts": ["https://x"]}}}, "should match pattern"),
        ({"work": {"http": {"private": ["10.0.0.0/33"]}}}, "work.http.private.0"),
        ({"work": {"databases": {"a": {"url": "x"}}}}, "should match pattern"),
        ({"work": {"memory": "bank"}}, "memory is none of the databases; there are: none"),
        ({"work": {"mail": {"host": "x"}}}, "a mail server needs a sender"),
        (
            {"work": {"mail": {"host": "x", "sender": "a@b", "user": "c", "security": "none"}}},
            "a password goes over TLS only",
        ),
        ({"work": {"python_seconds": 0}}, "greater than or equal to 0.1"),
        ({"work": {"thread": 3}}, "did you mean 'threads'"),
    ],
)
def test_settings_that_are_wrong(tmp_path: Path, settings: dict[str, Any], why: str) -> None:
    file = tmp_path / "ivr.yaml"
    file.write_text(yaml.dump({"routes": {"*": "one.yaml"}, **settings}))
    with pytest.raises(LoadError) as caught:
        load_settings(file)
    assert why in str(caught.value)
    assert f"{file}:" in str(caught.value)


def test_passwords_are_read_when_they_are_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mail.pass").write_text(SESAME)
    mail = {
        "host": "127.0.0.1", "port": 1, "sender": "ivr@example.com", "user": "ivr",
        "password": {"file": "mail.pass"},
    }  # fmt: skip
    bank = {"url": "postgresql://ivr@127.0.0.1:1/bank", "password": {"env": "BANK_PASSWORD"}}
    found = project(
        tmp_path, [], work={"mail": mail, "databases": {"bank": bank}, "memory": "bank"}
    )
    jobs = outside.jobs(found)
    with pytest.raises(SettingsError, match=r"work\.databases\.bank\.password: the environment"):
        jobs["sql"]()
    monkeypatch.setenv("BANK_PASSWORD", SESAME)
    letter = {"to": ["a@example.com"], "subject": "x", "text": "x", "attach": ""}
    query = {"database": "bank", "query": "SELECT 1", "parameters": {}, "most": 1}
    orders: list[tuple[str, Mapping[str, Any]]] = [
        ("notify", {"mail": letter}),
        ("sql", query),
        ("recall", {"scope": "a", "names": ["x"]}),
    ]
    for name, order in orders:
        with pytest.raises(Failed) as caught:
            jobs[name]()(order, 5)
        assert SESAME not in str(caught.value)


# -- secrets ----------------------------------------------------------------------------------


@pytest.fixture
def output(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[[], str]:
    """Everything that can be read afterwards: log, terminal, files."""
    caplog.set_level(logging.DEBUG)

    def read() -> str:
        streams = capfd.readouterr()
        files = [
            file.read_bytes().decode(errors="replace")
            for file in tmp_path.rglob("*")
            if file.is_file() and not file.name.endswith(".token")
        ]
        return "\n".join([caplog.text, streams.out, streams.err, *files])

    return read


def echo(request: Request) -> None:
    """A service that tells everything that it was told."""
    told = {"headers": dict(request.headers), "body": request.body.decode()}
    request.answer(body=json.dumps(told).encode(), X_Echo=request.headers.get("X-Token", ""))


def fails(request: Request) -> None:
    told = f"{request.headers} {request.body.decode()}"
    request.answer(500, told.encode(), "text/plain")


def http(**given: Any) -> dict[str, Any]:
    return {"http": {"url": "URL", **given}}


def sql(query: str, into: dict[str, str]) -> dict[str, Any]:
    return {"sql": {"query": query, "parameters": {"x": SECRET}, "into": into}}


@pytest.mark.parametrize("reply", [echo, fails])
@pytest.mark.parametrize(
    "verb",
    [
        http(headers={"X-Token": SECRET}, into={"x": "body", "y": "headers.x_echo"}),
        http(headers={"X-Token": f"a {SECRET}"}, into={"x": 'body.headers."X-Token"'}),
        http(headers={"X-Token": f"{SECRET}\n"}),
        http(method="PUT", body={"pin": [SECRET]}, into={"x": "body.body"}),
        http(method="PUT", body=f"is {SECRET}", into={"x": "to_string(@)"}),
        http(basic_auth={"user": "a", "password": SECRET}, into={"x": "body.headers"}),
        {"http": {"url": f"URL/{SECRET}"}},
        {"http": {"url": "URL", "idempotency_key": SECRET}},
        sql("SELECT :x AS x", {"x": "rows[0].x"}),
        sql("SELECT :x AS x, nothing", {}),
        sql("SELECT x FROM json_each(:x)", {}),
        {"python": {"function": "own:echo", "arguments": {"x": SECRET}}},
        {"notify": {"webhook": "URL", "secret": SECRET, "body": {"x": SECRET}}},
        {"notify": {"mail": {"to": "a@example.com", "subject": SECRET}}},
        {"log": SECRET},
        {"log": "{{ secrets }}"},
        {"remember": {"values": {"x": SECRET}}},
        {"remember": {"values": {"x": "x"}, "scope": SECRET}},
        {"recall": {"names": "x", "scope": SECRET}},
        {"set": {"x": "secrets.crm", "y": "secrets.crm ~ ''"}},
        {"say": {"text": SECRET}},
        {"set": {"x": "secrets.crm > 3"}},
    ],
    ids=str,
)  # fmt: skip
def test_a_secret_is_never_to_be_read_anywhere(
    tmp_path: Path, service: Service, output: Any, reply: Any, verb: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("CRM_TOKEN", SESAME)
    service.replies = [reply]
    url = f"http://127.0.0.1:{service.server_port}"
    given = json.loads(json.dumps(verb).replace("URL", url))
    there = line(
        tmp_path, [given],
        secrets={"crm": {"env": "CRM_TOKEN"}},
        work={
            **LOOPBACK,
            "databases": {"bank": {"url": "sqlite:///bank.db"}},
            "mail": {"host": "127.0.0.1", "port": 9, "sender": "ivr@example.com"},
        },
    )  # fmt: skip
    there.walk()
    read = output()
    assert "wall" in read  # there is something to be read
    assert SESAME not in read


# -- mailboxes --------------------------------------------------------------------------------


def told(folder: Path, box: str, **settings: Any) -> list[tuple[Any, ...]]:
    """What a line is to tell of a message for *box*."""
    made = project(folder, ["answer"], **settings)
    found: list[tuple[Any, ...]] = []
    job = outside.jobs(made, lambda *waiting: found.append(waiting))["mailbox"]()
    made.settings.messages.mkdir(parents=True, exist_ok=True)
    (made.settings.messages / "a.wav").touch()
    order = {"action": "deliver", "box": box, "file": "a.wav", "urgent": True, "caller": ""}
    job(order, 5)
    return found


@pytest.mark.parametrize(
    ("settings", "phone"),
    [
        ({}, ""),
        ({"mailboxes": {"601": {"phone": "sip:ann@pbx.example"}}}, "sip:ann@pbx.example"),
        ({"front": {"users": "users.yaml", "domain": "phones.example"}}, "sip:601@phones.example"),
        ({"front": {"users": "users.yaml"}}, "sip:601@127.0.0.1:5060"),
    ],
)
def test_the_phone_of_a_mailbox_is_told(
    tmp_path: Path, settings: Mapping[str, Any], phone: str
) -> None:
    (tmp_path / "users.yaml").write_text("'601': wonderland\n")
    expected = [(phone, 1, 0, 1, 0)] if phone else []
    assert told(tmp_path, "601", **settings) == expected


def test_a_mailbox_that_is_no_user_has_no_phone(tmp_path: Path) -> None:
    (tmp_path / "users.yaml").write_text("'601': wonderland\n")
    assert told(tmp_path, "the office", front={"users": "users.yaml"}) == []


def test_pins_are_secrets(tmp_path: Path) -> None:
    (tmp_path / "601.pin").write_text("4711\n")
    boxes = {"601": {"pin": {"file": "601.pin"}}, "602": {"phone": "sip:bob@pbx.example"}}
    found = outside.secrets(project(tmp_path, ["answer"], mailboxes=boxes).settings)
    assert found == {"mailbox_601": Secret("4711")}
