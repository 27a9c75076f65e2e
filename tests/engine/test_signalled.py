"""SIP messages are facts for the journal, and no events: flows and replays do not see them."""

from typing import get_args

from ivr.engine.events import Event
from ivr.engine.signalled import Signalled


def test_no_flow_can_be_told_of_one() -> None:
    told = Signalled(1.0, True, "BYE sip:a@b SIP/2.0", "2 BYE")
    assert not isinstance(told, get_args(Event))
    assert (told.leg, told.again, told.media) == (0, 0, "")
