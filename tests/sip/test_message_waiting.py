"""What a phone is told of its messages."""

import pytest

from ivr.sip.message_waiting import Waiting


@pytest.mark.parametrize(
    ("waiting", "lines"),
    [
        (Waiting(2, 8), ("Messages-Waiting: yes", "Voice-Message: 2/8 (0/0)")),
        (Waiting(1, 2, 1, 0), ("Messages-Waiting: yes", "Voice-Message: 1/2 (1/0)")),
        (Waiting(0, 3, 0, 1), ("Messages-Waiting: no", "Voice-Message: 0/3 (0/1)")),
    ],
)
def test_the_summary_is_that_of_rfc_3842(waiting: Waiting, lines: tuple[str, str]) -> None:
    first, last = lines
    account = "Message-Account: sip:601@pbx.example"
    assert waiting.summary("sip:601@pbx.example").split("\r\n") == [first, account, last, ""]
