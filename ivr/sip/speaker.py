"""Our prompts in one caller's ear: the flow's, and an operator's, for which the flow's wait."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import pjsua2 as pj

from ..engine.effects import Play
from .playback import Player, Unplayable
from .stack import Stack

logger = logging.getLogger(__name__)

Prompts = Callable[[Play, Callable[[Sequence[Path]], None]], None]


class Listener(Protocol):
    """The caller who is to hear it."""

    id: str

    def hear(self, source: pj.AudioMedia) -> None:
        """Connects a source of sound with the caller, again if need be."""

    def unhear(self, source: pj.AudioMedia) -> None:
        """Takes it away again; where it is in its file, it waits."""

    def played(self, id: int) -> None:
        """Playback `id` ran to its end."""


class Playing:
    """A `Play` from the effect to its end.  `player` is None until the files are there."""

    def __init__(self, id: int) -> None:
        self.id = id
        self.player: Player | None = None


class Speaker:
    """At most one playback of each kind runs."""

    def __init__(self, stack: Stack, prompts: Prompts, listener: Listener) -> None:
        self._stack = stack
        self._prompts = prompts
        # Weak: the collector is off, and a call that is over should be gone.
        self._listener: Listener = weakref.proxy(listener)
        self._running: dict[bool, Playing] = {}  # by `Play.over`

    def plays(self, id: int | None) -> bool:
        """Whether playback `id` is under way."""
        return any(playing.id == id for playing in self._running.values())

    def play(self, effect: Play) -> None:
        """Plays `effect` in place of the last of its kind."""
        over, id = effect.over, self._listener.id
        self._drop(over)
        playing = self._running[over] = Playing(effect.id)

        def ready(files: Sequence[Path]) -> None:
            self._stack.hand(lambda: self._start(playing, over, files))

        try:
            self._prompts(effect, ready)
        except Exception:
            logger.exception("call %s: no prompts for playback %d", id, effect.id)
            self._start(playing, over, ())

    def connect(self) -> None:
        """Lets the caller hear what is his to hear now; again when his audio port is made anew."""
        heard = max(
            (over for over, playing in self._running.items() if playing.player), default=None
        )
        for over, playing in self._running.items():
            if playing.player and over == heard:
                self._listener.hear(playing.player)
            elif playing.player:
                self._listener.unhear(playing.player)

    def stop(self, id: int) -> None:
        """Ends playback `id`, if it is under way."""
        for over, playing in list(self._running.items()):
            if playing.id == id:
                self._drop(over)
                self.connect()

    def silence(self) -> None:
        """Ends all of them."""
        for over in list(self._running):
            self._drop(over)

    def _start(self, playing: Playing, over: bool, files: Sequence[Path]) -> None:
        if playing is not self._running.get(over) or playing.player:
            return  # stopped while the prompt was made
        post = self._stack.post

        def at_end() -> None:
            post(lambda: self._played(playing, over))

        try:
            try:
                playing.player = Player.of(files, self._stack.tail, at_end)
            except pj.Error:
                self._stack.exhume()
                playing.player = Player.of(files, self._stack.tail, at_end)
        except (Unplayable, pj.Error) as error:
            logger.error("call %s: nothing is played: %s", self._listener.id, error)
            self._played(playing, over)
            return
        self.connect()

    def _played(self, playing: Playing, over: bool) -> None:
        if playing is self._running.get(over):
            self._drop(over)
            self.connect()
            self._listener.played(playing.id)

    def _drop(self, over: bool) -> None:
        playing = self._running.pop(over, None)
        if playing and playing.player:
            player, playing.player = playing.player, None
            self._listener.unhear(player)
            self._stack.bury(player)
