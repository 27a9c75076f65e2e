"""Stories that no real call can tell, which is found out without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.phoning import run
from ivr.phoning.run import BEHIND, SEEN
from ivr.testing.checks import Checks

NOBODY = ("127.0.0.1", 9)
CALLED = """\
ivr: 1
flow: f
start: a
outcomes: [done]
states:
  a: {do: {say: {text: Hello}}, then: done}
"""
POST = """\
ivr: 1
flow: f
start: a
states:
  a:
    do: [answer, {mailbox: "601"}]
    then: {found: b, none: end, failed: end, timeout: end}
  b: {do: {say: {text: You have mail}}, then: end}
"""


@pytest.mark.parametrize(
    ("flow", "story", "why"),
    [
        (
            CALLED,
            "{steps: [hears: {text: Hello}, ends_with: done]}",
            "it is about a flow that others",
        ),
        (
            POST,
            "{mailboxes: {'601': [{caller: alice}]}, steps: [hears: {text: You have mail}]}",
            "it needs its own mailboxes; as things are, ",
        ),
    ],
)
def test_what_no_phone_can_bring_about_is_not_told(
    tmp_path: Path, flow: str, story: str, why: str
) -> None:
    (tmp_path / "f.yaml").write_text(flow)
    (tmp_path / "f.test.yaml").write_text(f"ivr: 1\nscenarios:\n  one: {story}\n")
    [result] = run([tmp_path], NOBODY).results
    assert result.not_told.startswith(why)


def test_a_call_goes_on_without_what_only_looks_behind_it() -> None:
    checks = {name for name in vars(Checks) if not name.startswith("_")}
    assert "has_in_mailbox" in checks
    assert checks <= SEEN | BEHIND
