"""Where the phone gets the sounds for what a flow wants to be heard.

What has been made once is handed out at once; everything else is made in another thread, which the
SIP thread does not wait for.  Whatever happens, there is something to hear: the recording, or its
text, or the same in a more general language, or a tone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from ..engine.effects import Play, Recorded, Url
from ..engine.errors import IvrError
from .catalogue import canonical, read_catalogue
from .renderer import Renderer
from .sounds import Fetch, Passing, Sounds, is_stale, no_fetch
from .sources import Source, Spoken, lasts, sources
from .voice import NoVoice, Voice, VoiceDown, VoiceError
from .wants import Lasting, Want
from .wav import USUAL, Standard

log = logging.getLogger("ivr.prompts")

_PATIENT = 30.0
"""Seconds for one attempt to make a sound that no caller waits for."""
_AGAIN = 30.0
"""Seconds before something that could not be made is tried again."""
_REMEMBERED = 1000
"""Failures, and lines of the log that are not to be repeated."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A prompt that is not as its author meant it: replaced by its text, or by a tone."""

    language: str
    name: str
    reason: str


class PromptStore:
    """The prompts of a set of flows.

    `folder` has the author's prompts, `messages` what callers have said, `cache` the sounds made of
    prompts; `language` is that of calls that name none.  `texts` are the (language, words) that
    flows say unchanged in every call: they are cached like prompts, where other texts are forgotten
    with the process; so are sounds of the web that are not in `urls`, those that are known before.
    `sounds` are the files and tones that they play in every call.
    `fetch` gets these and others.  `others` are the voices that stand in for `voice`, in this
    order.  `limit` is how long in seconds a caller may wait for a sound, `idle` how long voices
    stay in memory without work.  All sounds are as `standard` says.  `more_voices` makes the same
    voices once more, for several to work at once.

    Raises `LoadError` for faults in the catalogue and `SettingsError` where the cache cannot be
    written.  Starts no thread and no process before there is something to make.
    """

    def __init__(
        self,
        folder: Path,
        cache: Path,
        language: str,
        voice: Voice,
        *,
        others: Sequence[Voice] = (),
        texts: Iterable[tuple[str, str]] = (),
        urls: Iterable[str] = (),
        sounds: Iterable[Want] = (),
        fetch: Fetch = no_fetch,
        messages: Path | None = None,
        limit: float = 3.0,
        idle: float = 60.0,
        standard: Standard = USUAL,
        more_voices: Callable[[], Sequence[Voice]] = list,
    ) -> None:
        self.catalogue = read_catalogue(folder, language)
        self._lasting = Lasting(self.catalogue, texts, urls, sounds)
        self._limit = limit
        self._patience = limit
        self._messages = messages
        self._voices = (voice, *others)
        self._down: dict[int, float] = {}  # voices that are in trouble, and until when
        self._sounds = Sounds(cache, self._voices, standard=standard)
        self._web = Sounds(cache, (), fetch, standard)
        self._more_voices = more_voices
        self._cache, self._standard = cache, standard
        self._fallback = self._sounds.fallback()
        self._renderer: Renderer[Want] = Renderer(self._make, self._sounds.rest, idle)
        # On its own: a host that does not answer holds up no words.
        self._fetcher: Renderer[Want] = Renderer(self._make, self._web.rest, idle)
        # Read by the SIP thread, which takes no lock; written by the renderers'.
        self._at_hand: dict[Want, Path] = {}
        self._failed: dict[Want, tuple[float, str]] = {}
        self._replaced: dict[Want, str] = {}
        self._passing: Passing[Want] = Passing()
        self._passing_web: Passing[Want] = Passing()
        self._said: set[str] = set()
        self._foreign: set[Want] = set()
        self.replaced = 0
        """How often callers have heard a tone for what could not be had."""
        self.stood_in = 0
        """How often another voice has said what the first one could not."""
        self.untranslated = 0
        """How often they have heard a prompt in another language, as theirs has none of it."""

    def names(self, language: str = "") -> set[str]:
        """Every prompt that can be played to a caller with this language."""
        return self.catalogue.names(language)

    def resolve(self, play: Play, ready: Callable[[Sequence[Path]], None]) -> None:
        """Hand the files for `play`, in its order, to `ready`: once, and at least one.

        At once and in this thread where all of them are at hand, else from another thread, after
        `limit` seconds at the latest; what is missing then is replaced by a tone.  Files are PCM
        16 bit, mono, 8000 Hz, of at least 100 ms.
        """
        language = canonical(play.language) or self.catalogue.default
        wants = [(language, prompt) for prompt in play.prompts]
        missing = [want for want in wants if not self._is_at_hand(want)]
        stale = [w for w in wants if isinstance(w[1], Url) and self._is_stale(w)]
        if stale:
            self._submit(stale, None, lambda: None)  # nobody waits for it
        if missing and self._failed:
            now = time.monotonic()
            missing = [want for want in missing if not self._is_given_up(want, now)]
        if missing:
            self._submit(missing, self._limit, lambda: ready(self._files(wants)))
        else:
            ready(self._files(wants))

    def missing(self) -> list[tuple[str, str]]:
        """(language, name) of what `render_all` would have to make.  Makes nothing itself."""
        return [
            (want[0], self._lasting.title(want))
            for want in self._lasting.wants()
            if not self._find(want)
        ]

    def render_all(
        self, progress: Callable[[int, int, str], None] | None = None, jobs: int = 1
    ) -> list[Trouble]:
        """Make everything that is known before the first call and is not in the cache yet.

        Calls `progress(done, total, name)` after each, in this thread.  `jobs` voices work at
        once.  Returns what had to be replaced; each of these was logged, too.  No thread and no
        process is left behind.
        """
        wants = self._lasting.wants()
        self._patience = 2 * _PATIENT
        self._failed.clear()
        self._replaced.clear()
        missing = len(self.missing()) if jobs > 1 else 0
        teams = [self._renderer, *self._teams(min(jobs, missing) - 1)]
        free: SimpleQueue[Renderer[Want]] = SimpleQueue()
        for team in teams:
            free.put(team)

        def make(want: Want) -> None:
            if found := self._find(want):
                self._at_hand[want] = found
                return
            made, team = threading.Event(), free.get()
            try:
                maker = self._fetcher if isinstance(want[1], Url) else team
                maker.submit([want], None, made.set)
                made.wait()
            finally:
                free.put(team)

        try:
            with ThreadPoolExecutor(len(teams)) as pool:
                for done, (want, _) in enumerate(zip(wants, pool.map(make, wants), strict=True), 1):
                    if progress:
                        progress(done, len(wants), self._lasting.title(want))
        finally:
            self._patience = self._limit
            for team in teams[1:]:
                team.close()
            self._renderer.rest()
            self._fetcher.rest()
        reasons = {
            want: reason for want, (_, reason) in dict(self._failed).items()
        } | self._replaced
        return [
            Trouble(want[0], self._lasting.title(want), reasons[want])
            for want in wants
            if want in reasons
        ]

    def lasting(self) -> list[Want]:
        """All that is known before the first call: the catalogue, and what flows always play."""
        return self._lasting.wants()

    def title(self, want: Want) -> str:
        """What `want` is called in reports."""
        return self._lasting.title(want)

    def rendered(self) -> dict[Want, Path]:
        """The file of everything that is known before the first call and in the cache."""
        found = {want: self._find(want) for want in self._lasting.wants()}
        return {want: file for want, file in found.items() if file}

    def clean(self) -> int:
        """Remove from the cache what no prompt is made from any more.  Returns how many files."""
        wanted = {source for want in self._lasting.wants() for source in self._sources(want)}
        return self._sounds.keep_only(wanted)

    def sound(self, play: Play) -> list[Path] | None:
        """The files for `play`, made now if need be; None where one would be a tone."""
        found: SimpleQueue[Sequence[Path]] = SimpleQueue()
        before = self.replaced
        self.resolve(play, found.put)
        files = found.get()
        return list(files) if self.replaced == before else None

    def refresh(self) -> None:
        """Look at every file anew before it is handed out again.

        For a phone that could not open one: somebody may have emptied the cache.  Raises
        `SettingsError` where it cannot be written any more.
        """
        self._at_hand.clear()
        self._failed.clear()
        self._fallback = self._sounds.fallback()

    def close(self) -> None:
        """End the threads and the voice.  Whoever waits for a sound gets a tone now."""
        self._renderer.close()
        self._fetcher.close()
        self._sounds.close()
        self._web.close()

    def _teams(self, count: int) -> Iterator[Renderer[Want]]:
        """Further makers of sounds, with voices of their own."""
        for _ in range(count):
            sounds = Sounds(self._cache, self._more_voices(), standard=self._standard)
            yield Renderer(partial(self._make, sounds=sounds), sounds.rest)

    def _submit(self, wants: list[Want], limit: float | None, done: Callable[[], None]) -> None:
        """See `Renderer.submit`, for wants of both renderers."""
        fetched = [want for want in wants if isinstance(want[1], Url)]
        others = [want for want in wants if want not in fetched]
        if not fetched or not others:
            (self._fetcher if fetched else self._renderer).submit(wants, limit, done)
            return
        first = threading.Lock()  # taken by the one that is not the last

        def one_done() -> None:
            if not first.acquire(blocking=False):
                done()

        self._fetcher.submit(fetched, limit, one_done)
        self._renderer.submit(others, limit, one_done)

    def _find(self, want: Want) -> Path | None:
        """The file for `want` as its author meant it, if it was made before."""
        best, *others = self._sources(want)
        # The same words in the same voice for another language are as good.
        said = (best.words, best.voice) if isinstance(best, Spoken) else None
        equal = [o for o in others if isinstance(o, Spoken) and (o.words, o.voice) == said]
        try:
            return next(filter(None, map(self._sounds.find, [best, *equal])), None)
        except OSError:
            return None

    def _is_at_hand(self, want: Want) -> bool:
        """Whether the file for `want` is there; somebody may have emptied the cache."""
        if isinstance(want[1], Recorded):
            return True  # nothing else could be made of it
        file = self._at_hand.get(want)
        if file is None:
            return False
        if file.exists():
            return True
        self._at_hand.pop(want, None)
        return False

    def _is_stale(self, want: Want) -> bool:
        return want in self._at_hand and is_stale(self._at_hand[want])

    def _is_given_up(self, want: Want, now: float) -> bool:
        return now < self._failed.get(want, (0.0, ""))[0]

    def _files(self, wants: list[Want]) -> list[Path]:
        if not self._fallback.exists():
            self._fallback = self._sounds.fallback()
        files = [self._file(want) or self._fallback for want in wants] or [self._fallback]
        self.replaced += files.count(self._fallback)
        self.untranslated += sum(want in self._foreign for want in wants) if self._foreign else 0
        return files

    def _file(self, want: Want) -> Path | None:
        prompt = want[1]
        if not isinstance(prompt, Recorded):
            return self._at_hand.get(want)
        # What `record` writes is what the phone plays; it is not copied, so that it can be deleted.
        file = self._messages / Path(prompt.file).name if self._messages else None
        if file is not None and file.is_file():
            return file
        self._say(f"{self._lasting.title(want)} is not there any more")
        return None

    def _sources(self, want: Want) -> list[Source]:
        lasting = self._lasting
        return sources(self.catalogue, lasting.texts, lasting.urls, *want, self._voices)

    def _make(self, want: Want, sounds: Sounds | None = None) -> None:
        """In a renderer's thread: put a file for `want` at hand, or note why there is none."""
        sounds = self._web if isinstance(want[1], Url) else sounds or self._sounds
        reasons: list[str] = []
        given_up: set[int] = set()
        for source in self._sources(want):
            voice = source.voice if isinstance(source, Spoken) else -1
            if voice not in given_up and time.monotonic() < self._down.get(voice, 0.0):
                given_up.add(voice)
                reasons.append(f"voice {voice + 1} is down")
            if voice in given_up:
                continue
            try:
                ways = len(self._voices) if voice >= 0 else 1
                file = sounds.obtain(source, self._patience / 2 / ways)
            except NoVoice as error:
                self._say(f"{error}; trying the next language")
                is_region = isinstance(source, Spoken) and "-" in source.language
                if not is_region and voice == len(self._voices) - 1:
                    # For a region, the voice of the language at large is as good as any, and that
                    # of another engine is, too.
                    reasons.append(str(error))
            except (IvrError, OSError) as error:
                self._say(f"{self._lasting.title(want)}, {source}: {error}")
                reasons.append(str(error))
                if isinstance(error, VoiceError) and voice >= 0:
                    # The voice itself is in trouble: another language would not help.
                    given_up.add(voice)
                    self._rest_after(error, voice)
            else:
                self._keep(want, file, source, "; ".join(reasons))
                return
        reasons = reasons or ["there is no such prompt" if isinstance(want[1], str) else "no words"]
        if len(self._failed) >= _REMEMBERED:
            self._failed.clear()
        self._failed[want] = time.monotonic() + _AGAIN, "; ".join(reasons)
        self._say(f"{self._lasting.title(want)} is a tone now: {reasons[-1]}")

    def _rest_after(self, error: VoiceError, voice: int) -> None:
        """Do without `voice` for a while where it is down; the last one is tried every time."""
        if isinstance(error, VoiceDown) and voice < len(self._voices) - 1:
            self._down[voice] = time.monotonic() + _AGAIN
            self._say(f"voice {voice + 1} is not used for {_AGAIN:g} s: {error}")

    def _keep(self, want: Want, file: Path, source: Source, reasons: str) -> None:
        if isinstance(source, Spoken) and source.voice:
            self.stood_in += 1
        if not lasts(source):
            passing = self._passing_web if isinstance(want[1], Url) else self._passing
            for gone in passing.add(want, file):
                self._at_hand.pop(gone, None)
        elif reasons:
            self._replaced[want] = reasons
        self._failed.pop(want, None)
        if isinstance(want[1], str) and want[1] not in self.catalogue.own_names(want[0]):
            self._foreign.add(want)
            self._say(f"{want[1]} does not exist in {want[0]}: it is heard in another language")
        self._at_hand[want] = file

    def _say(self, line: str) -> None:
        """Log `line` once."""
        if line in self._said:
            return
        if len(self._said) >= _REMEMBERED:
            self._said.clear()
        self._said.add(line)
        log.warning(line)
