"""What the callers of a run do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Job = Literal["M", "H"]
USER: dict[Job, str] = {"M": "menu", "H": "hold"}
KEY, WRONG_KEY = 1, 5
LOCAL = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Plan:
    """Calls from one caller to `target`, (address, port), PCMU and RFC 4733 over UDP.

    `calls` are held at once, each that ends being replaced; they are started for `seconds`, at most
    `rate` in each, and then the run waits for those it has.

    Job M, to the user `menu`: prompt `a`, which a key interrupts; on 1 the server plays `b` and
    says BYE, on another key it plays `invalid` and `a` again.  The caller presses 1 between the two
    times in `key_after`, in seconds from the answer; every `wrong_every`-th call presses 5 before
    that (0: none does).

    Job H, to the user `hold`: the prompt `hold`, until the caller says BYE after `hold` seconds.

    The caller takes SIP on `port` and RTP on the ports from `rtp[0]` to `rtp[1]`.  All calls go to
    `user`, if one is named.  Callers say `says` again and again, packets of mu-law; without it they
    say nothing.
    """

    target: tuple[str, int]
    job: Job
    calls: int
    rate: float = 10.0
    seconds: float = 30.0
    hold: float = 28.0
    key_after: tuple[float, float] = (1.0, 2.5)
    wrong_every: int = 0
    port: int = 5970
    rtp: tuple[int, int] = (20000, 29999)
    user: str = ""
    says: tuple[bytes, ...] = ()
