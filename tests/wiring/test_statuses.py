"""The settings say what a refusal by name is on the wire."""

from pathlib import Path

import pytest

from ivr.engine.errors import LoadError
from ivr.engine.events import Offered
from ivr.project import load_project
from ivr.testing import SimulatedCall

FLOW = """
ivr: 1
flow: refusing
start: which
states:
  which:
    do: {branch: {closed: dialled == '1', blocked: dialled == '2'}}
    then: {closed: closed, blocked: blocked, otherwise: busy}
  closed: {do: {reject: closed}}
  blocked: {do: {reject: blocked}}
  busy: {do: {reject: busy}}
"""


def project(folder: Path, statuses: str) -> Path:
    (folder / "flow.yaml").write_text(FLOW)
    (folder / "prompts").mkdir()
    (folder / "prompts" / "en.yaml").write_text("sorry: Sorry.\n")
    file = folder / "ivr.yaml"
    file.write_text(f'routes: {{"*": flow.yaml}}\nstatuses: {statuses}\n')
    return file


def test_names_have_other_codes(tmp_path: Path) -> None:
    found = load_project(project(tmp_path, "{closed: 603, blocked: 607}"))
    flow = found.routes.take(Offered("alice", "100")).flow
    assert flow
    for dialled, code in {"1": 603, "2": 607, "3": 486}.items():
        SimulatedCall(flow, dialled=dialled).is_rejected_with(code)


@pytest.mark.parametrize("statuses", ["{engaged: 486}", "{busy: 302}", "{busy: 700}"])
def test_what_is_no_refusal(tmp_path: Path, statuses: str) -> None:
    with pytest.raises(LoadError, match=r"ivr\.yaml:2:"):
        load_project(project(tmp_path, statuses))
