"""One key press, one key: whatever way it comes.  Pure."""

from __future__ import annotations

from .message import KEYS, dtmf_info_key

TWICE = 0.2  # seconds within which the same key by another way is the same press


class KeyFilter:
    """Some phones send each key twice, as SIP INFO and as an RFC 4733 event, or as its tone."""

    def __init__(self) -> None:
        self._key = self._transport = ""
        self._at = float("-inf")

    def key(self, pressed: str, transport: str, now: float) -> str:
        """The key that was pressed, or an empty string when it is none, or none that is new.

        `pressed` is the key itself for `rtp` and `tone`, the whole request for `info`.
        """
        key = dtmf_info_key(pressed) if transport == "info" else pressed.upper()
        if key not in KEYS:
            return ""
        again = key == self._key and transport != self._transport and now - self._at < TWICE
        if again:
            self._at = float("-inf")  # the third one is a press of its own
            return ""
        self._key, self._transport, self._at = key, transport, now
        return key

    def lasts(self, key: str, transport: str, now: float) -> None:
        """The press of `key` by this way goes on: another way may tell of it at its end only."""
        if key == self._key and transport == self._transport and self._at > float("-inf"):
            self._at = now
