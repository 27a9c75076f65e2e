"""A call that we make: to whom, with what, and on what terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .acceptance import accepted
from .effects import Prompt
from .flow import Flow

URI = re.compile(r"(?:sips?|tel):[^\s<>\"]+", re.IGNORECASE)
_NUMBER = re.compile(r"[+*#]?[0-9*#.()-]+")


def target(to: str, domain: str = "") -> str:
    """The URI that *to* stands for: itself, or a number in *domain*, where there is one.

    Raises `ValueError`.
    """
    if URI.fullmatch(to):
        return to
    if not _NUMBER.fullmatch(to):
        raise ValueError(f"{to!r} is not a SIP URI; expected such as sip:601@pbx.example")
    if not domain:
        raise ValueError(f"nothing says where {to!r} is; expected such as sip:{to}@pbx.example")
    number = re.sub("[().-]", "", to).replace("#", "%23")
    return f"sip:{number}@{domain}"


@dataclass(frozen=True, slots=True)
class CallOut:
    """`to` is a SIP URI, `flow` the name of the flow that begins when somebody answers.

    `caller_id`: the number that he is shown; `account`: the account of the settings that the call
    is made with, where it is to be one; `ring`: seconds that it may ring.  `accept` is the key with
    which the call is taken, after `prompt` (None: words of ours, in the language of the call);
    empty: the flow begins with the answer, and may talk to a mailbox.
    """

    id: str
    to: str
    flow: str
    caller_id: str = ""
    account: str = ""
    ring: float = 30.0
    accept: str = "1"
    prompt: Prompt | None = None

    @classmethod
    def of(cls, id: str, words: Mapping[str, str]) -> CallOut:
        """The order that *words* give: `to` and `flow`, and what else there is, each as text.

        `accept` may be `none`.  Raises `ValueError` for a `ring` that is no number.
        """
        given: dict[str, Any] = {"id": id, **words}
        if "ring" in words:
            given["ring"] = float(words["ring"])
        if words.get("accept") == "none":
            given["accept"] = ""
        return cls(**given)

    def begins_with(self, flow: Flow) -> Flow:
        """*flow* as it is walked through in this call."""
        return accepted(flow, self.accept, self.prompt) if self.accept else flow
