"""An engine in a process of its own: libraries that speak hang, crash, exit and are large."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .child import Child, ChildError, Json
from .voice import NoVoice, Offer, Utterance, VoiceDown, VoiceError

_LISTING = 20.0  # seconds


@cache
def installed(package: str) -> str:
    """The version of *package*, which is asked for with each prompt and takes milliseconds."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


class ChildEngine:
    """The parent's end; `module` is what the child runs: it calls `synthesis.serve`.

    `start_limit`, in seconds, is for starting it, which no other limit counts.
    """

    knows_ssml = False

    def __init__(self, module: str, *arguments: str, start_limit: float = 20.0) -> None:
        self._child = Child(module, start_limit, arguments)

    @property
    def pid(self) -> int | None:
        """The process that speaks, None while there is none."""
        return self._child.pid

    def speaks(self, language: str) -> bool:
        """See `VoiceEngine`."""
        return True

    def voices(self) -> list[Offer]:
        """See `VoiceEngine`."""
        found = self._ask({"voices": True}, _LISTING)["voices"]
        return [Offer(name, tuple(languages)) for name, languages in found]

    def synthesize(self, utterance: Utterance, file: Path, limit: float) -> None:
        """See `VoiceEngine`."""
        self._synthesize(utterance, file, limit)

    def close(self) -> None:
        """See `VoiceEngine`."""
        self._child.close()

    def _synthesize(self, utterance: Utterance, file: Path, limit: float, **more: str) -> None:
        self._ask({**asdict(utterance), **more, "file": str(file), "limit": limit}, limit)

    def _ask(self, request: Json, limit: float) -> Json:
        try:
            answer = self._child.ask(request, limit)
        except ChildError as error:
            raise VoiceDown(f"the voice failed: {error}") from error
        if answer.get("no_voice"):
            raise NoVoice(str(answer["error"]))
        if answer.get("not_here"):
            raise VoiceDown(str(answer["error"]))
        if "error" in answer:
            raise VoiceError(f"the voice failed: {answer['error']}")
        return answer
