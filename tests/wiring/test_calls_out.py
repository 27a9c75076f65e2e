"""Whom the settings let the line call, and what that does to flows and workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.config import load_settings
from ivr.config.calls_out import allowed
from ivr.engine.errors import LoadError
from ivr.fleet.place import Place, callers_each, line_settings
from ivr.project import load_project
from ivr.sip.check import call_limit

THEN = "{answered: end, busy: end, no_answer: end, rejected: end, unreachable: end, failed: end}"


def project(folder: Path, settings: str, *to: str, python: bool = False) -> Path:
    """A project whose only flow transfers to these."""
    (folder / "prompts").mkdir()
    if python:
        (folder / "flow.py").write_text(
            "from ivr import Call, Flow, answer, transfer\n"
            'flow = Flow("f", start="only")\n'
            '@flow.state(**dict.fromkeys(("answered", "busy", "no_answer", "rejected",'
            ' "unreachable", "failed"), "end"))\n'
            "async def only(call: Call) -> str:\n"
            "    await answer(call)\n"
            f"    return (await transfer(call, {', '.join(map(repr, to))})).outcome\n"
        )
    else:
        (folder / "flow.yaml").write_text(
            "ivr: 1\nflow: f\nstart: only\nstates:\n  only:\n    do:\n    - answer\n"
            f"    - transfer: {{to: {list(to)!r}, allow: [6XX]}}\n    then: {THEN}\n"
        )
    file = folder / "ivr.yaml"
    file.write_text(f"routes: {{'*': flow.{'py' if python else 'yaml'}}}\n{settings}")
    return file


def test_by_default_the_domains_that_the_settings_name(tmp_path: Path) -> None:
    file = project(
        tmp_path,
        "sip: {address: 0.0.0.0, public_address: 192.0.2.7}\nfront: {domain: phones.example}\n",
    )
    settings = load_settings(file)
    assert allowed(settings) == ["192.0.2.7", "phones.example"]
    file.write_text(file.read_text() + "calls_out: {allow: [pbx.example]}\n")
    assert allowed(load_settings(file)) == ["pbx.example"]


def test_a_line_gets_what_it_needs(tmp_path: Path) -> None:
    file = project(tmp_path, "calls_out: {calls_per_hour: 5, minutes_per_hour: 7, kept: 1}\n")
    line = line_settings(load_settings(file), Place("127.0.0.1", 6000, 20000, 100, "127.0.0.1:1"))
    assert line.may_call == ("127.0.0.1",)
    assert (line.calls_per_hour, line.minutes_per_hour, line.kept) == (5, 7, 1)
    assert line.ledger == tmp_path / "var/run/calls-out"
    assert not line.allow_refer


def test_an_entry_that_means_nobody_is_named_with_its_line(tmp_path: Path) -> None:
    file = project(tmp_path, "calls_out:\n  allow:\n  - pbx.example\n  - '*@evil.example@x'\n")
    with pytest.raises(LoadError) as caught:
        load_settings(file)
    (fault,) = caught.value.faults
    assert fault.line == 5 and "calls_out.allow.1" in fault.message


@pytest.mark.parametrize("python", [False, True])
def test_a_flow_that_calls_whom_it_may_not(tmp_path: Path, python: bool) -> None:
    to = ("sip:601@127.0.0.1:5070", "sip:601@pbx.example", "sip:{{ caller }}@other.example")
    file = project(tmp_path, "", *(to if not python else to[:2]), python=python)
    with pytest.raises(LoadError) as caught:
        load_project(file)
    (fault,) = caught.value.faults
    assert Path(fault.file).name == f"flow.{'py' if python else 'yaml'}"
    assert fault.line == (6 if python else 8)
    assert fault.message.startswith("sip:601@pbx.example may not be called; ")
    assert "601@pbx.example (pbx.example: any number there) to calls_out.allow" in fault.message
    file.write_text(file.read_text() + "calls_out: {allow: [6XX@pbx.example, 127.0.0.1]}\n")
    assert load_project(file)


def test_kept_slots_take_more_workers(tmp_path: Path) -> None:
    settings = load_settings(project(tmp_path, "calls: 12\n"))
    assert callers_each(settings) == call_limit()
    settings.calls_out.kept = 2
    assert callers_each(settings) == call_limit() - 2
