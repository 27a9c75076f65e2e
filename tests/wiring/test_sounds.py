"""Sounds of the web: which a project's flows want, and which they may have."""

from pathlib import Path

import pytest

from ivr import outside
from ivr.engine.effects import Text
from ivr.engine.errors import LoadError
from ivr.flowfile import static_prompts
from ivr.project import load_project

FLOW = """
ivr: 1
flow: f
start: a
states:
  a:
    do:
      - answer
      - play: [{url: "https://cdn.example/a.wav"}, {url: "https://cdn.example/{{ caller }}"}]
    then: end
"""


def project(folder: Path, more: str) -> Path:
    (folder / "f.yaml").write_text(FLOW)
    file = folder / "ivr.yaml"
    file.write_text('routes: {"*": f.yaml}\nlanguage: de\n' + more)
    return file


def test_what_is_the_same_in_every_call_is_had_before_the_first(tmp_path: Path) -> None:
    found = load_project(project(tmp_path, ""))
    store = found.prompts()
    try:
        assert [name for _, name in store.missing() if "://" in name] == [
            "https://cdn.example/a.wav"
        ]
    finally:
        store.close()


def test_a_host_that_may_not_be_asked_is_a_fault_of_the_flow(tmp_path: Path) -> None:
    file = project(tmp_path, "work: {http: {hosts: [www.example]}}\n")
    with pytest.raises(LoadError) as caught:
        load_project(file)
    (fault,) = caught.value.faults
    assert fault.message == (
        "https://cdn.example/a.wav: cdn.example may not be asked; add it to work.http.hosts"
    )
    file.write_text(file.read_text().replace("www.example", "'*.example'"))
    assert load_project(file)


def test_nothing_private_is_fetched_unless_the_settings_allow_it(tmp_path: Path) -> None:
    settings = load_project(project(tmp_path, "")).settings
    with pytest.raises(Exception, match="a private address"):
        outside.fetch(settings)("http://127.0.0.1:1/x.wav", tmp_path / "x", 1)


def test_a_flow_speaks_the_language_of_the_project(tmp_path: Path) -> None:
    (flow,) = load_project(project(tmp_path, "")).every_flow
    assert flow.house.language == "de"
    assert not any(isinstance(prompt, Text) for prompt in static_prompts(flow))
