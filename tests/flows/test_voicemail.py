"""What a story of `library/voicemail` cannot tell: its mailboxes do at once what is ordered."""

import pytest

from ivr.engine.effects import Work
from ivr.engine.events import HungUp
from ivr.flowfile import load_flow
from ivr.testing import SimulatedCall


@pytest.mark.parametrize(("key", "urgent"), [("1", False), ("4", True)])
def test_a_message_is_ordered_again_by_who_hangs_up_while_it_is_sent(
    key: str, urgent: bool
) -> None:
    call = SimulatedCall(load_flow("library/voicemail"), arguments={"box": "601"})
    call.leaves_a_message(9).is_asked("To send").presses(key).hangs_up()
    log = [thing for _, thing in call.log]
    gone = next(at for at, thing in enumerate(log) if isinstance(thing, HungUp))
    [work] = [thing for thing in log[gone:] if isinstance(thing, Work)]
    assert work.order["file"] == "message-1.wav" and work.order["urgent"] is urgent
    assert [letter.urgent for letter in call.mailboxes["601"]] == [urgent]
