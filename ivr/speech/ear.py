"""The ear: a caller's sound in, what he said out.

When somebody speaks is decided here, by `Attention`, in the thread that has the sound; silence
costs no more than that.  What was said is found out in the recognisers' process,
which is sent only the sound of turns, and what came right before them.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Mapping

from ..engine.effects import Listen
from ..engine.events import Event, Heard, ListenFailed, SpeechStarted
from .attention import USUAL, Activity, Attention, Noticing, Tell
from .ear_process import EarProcess
from .recogniser import Recognised
from .turn import FRAME
from .voice_activity import FRAME_BYTES

BEFORE = round(0.3 / FRAME)  # frames before the first voice that are heard as well
AT_ONCE = 3  # frames that go to the recogniser together
SILENCE = bytes(FRAME_BYTES)


class Ear:
    """Listens to all the calls of a worker.

    `models` has the model of each language; `language` is that of calls which name none.  Without
    a model whoever listens for words is told so.  Nothing is started before `start`, or the first
    `open` with words.
    """

    def __init__(
        self,
        engine: str,
        models: Mapping[str, str],
        language: str = "en",
        activity: Activity = USUAL,
        limit: float = 2.0,
    ) -> None:
        self.process = EarProcess(engine, models, limit)
        self._models = frozenset(models)
        self._language = language
        self._activity = activity

    def start(self) -> None:
        """Have the models loaded, elsewhere, instead of with the first `open`."""
        if self._models:
            self.process.start()

    def open(self, call_id: str, listen: Listen, tell: Tell) -> Hearing | Noticing:
        """Listen to a call until `Hearing.close`; what is heard is told, from any thread.

        Where nothing can be recognised, `ListenFailed` is told before this returns.
        """
        if not listen.has_words:
            return Noticing(listen, tell, self._activity)
        wanted = listen.language or self._language
        language = model_for(wanted, self._models)
        hearing = Hearing(self.process, listen, language, tell, self._activity)
        if not language:
            hearing.failed(f"there is no model for {wanted!r}")
            return hearing
        self.process.start()
        if why := self.process.failures.get(language):
            hearing.failed(why)
        return hearing

    def close(self) -> None:
        """End the recognisers' process."""
        self.process.close()


def model_for(language: str, models: frozenset[str]) -> str:
    """The model of *language*, or of the language without its region; empty: there is none."""
    low = {each.lower(): each for each in models}
    tag = language.lower()
    while tag and tag not in low:
        tag = tag.rpartition("-")[0]
    return low.get(tag, "")


class Hearing:
    """One call, from `Listen` to `Unlisten`: each of its turns is recognised."""

    def __init__(
        self, process: EarProcess, listen: Listen, language: str, tell: Tell, activity: Activity
    ) -> None:
        self._process = process
        request = {"phrases": listen.phrases, "loop": listen.loop, "language": language}
        self._request = json.dumps(request).encode()
        self._tell = tell
        self._attention = Attention(listen, activity)
        self._turns = self._attention.turns
        self._before: deque[bytes] = deque(maxlen=self._turns.window + BEFORE)
        self._together: list[bytes] = []
        self._turn = 0  # 0: nobody speaks, and no result is waited for
        self._may_be_all = False
        self._over = False
        self._lock = threading.Lock()  # nothing is told after the end

    # -- the line's side -------------------------------------------------------------------------

    def feed(self, sound: bytes, tone: bool) -> None:
        """Hear 20 ms: PCM16 mono at 8000 Hz; `tone`: a tone sounds in it, so it is no speech.

        Takes some microseconds, never waits and never raises.
        """
        if self._over or len(sound) != FRAME_BYTES:
            return
        if tone:
            sound = SILENCE
        self._before.append(sound)
        if self._turn and not self._turns.speaking:
            return  # one after the other: the last one's result first
        turning = self._attention.hear(sound, tone, self._may_be_all)
        if turning == "begins":
            self._begin()
        elif turning == "ends":
            self._together.append(sound)
            self._send()
            self._check(self._process.finish(self._turn))
        elif self._turns.speaking:
            self._together.append(sound)
            if len(self._together) >= AT_ONCE:
                self._send()

    def close(self) -> None:
        """Hear no more; nothing is told after this."""
        with self._lock:
            self._over = True
            # What it holds may have to be destroyed in the line's thread: the keeper must not be
            # the last one who has it.
            self._tell = _nobody
        self._process.drop(self._turn)

    def _begin(self) -> None:
        self._may_be_all = False
        self._together = list(self._before)[-self._turns.length - BEFORE :]
        self._tell_if_open(SpeechStarted())
        self._turn, why = self._process.begin(self, self._request)
        self._check(why)
        self._send()
        if self._over:  # closed by another thread in between
            self._process.drop(self._turn)

    def _send(self) -> None:
        if not self._over:
            self._check(self._process.sound(self._turn, b"".join(self._together)))
        self._together = []

    def _check(self, why: str) -> None:
        if why:
            self.failed(why)

    # -- the recogniser's side -------------------------------------------------------------------

    def said(self, may_be_all: bool) -> None:
        """See `Listener`."""
        self._may_be_all = may_be_all

    def heard(self, recognised: Recognised) -> None:
        """See `Listener`."""
        self._tell_if_open(Heard(recognised.text, recognised.confidence, recognised.alternatives))
        self._turn = 0

    def failed(self, reason: str) -> None:
        """See `Listener`."""
        self._tell_if_open(ListenFailed(reason), last=True)

    def _tell_if_open(self, event: Event, last: bool = False) -> None:
        with self._lock:
            if not self._over:
                self._over = last
                self._tell(event)


def _nobody(event: Event) -> None:
    """Who is told once nobody listens."""
