"""The root of a running server: it starts, watches and replaces everything else.

What is to be done about workers is decided in `crew.py`; this is where it happens.  One asyncio
loop; no SIP stack in this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from pathlib import Path

from ..config import Settings
from ..config.calls_out import addressed
from ..engine.errors import IvrError, SettingsError
from ..sip.accounts import TRYING
from ..sip.ids import new_call_id
from ..web.operator import NotDialled
from . import vital
from .crew import HUNG, Bury, Crew, Drain, Fork, Intent, Kill, Life, Publish, Retire, slot_of
from .link import Link, Message
from .nursery import Template
from .overdue import whereabouts
from .place import Place, worker_place
from .questions import LOST, Questions
from .registrant import Registrant

TICK = 1.0  # seconds
SPARE = 3  # versions that can have all their workers at the same time
TAKE_OVER_LIMIT = 120.0  # seconds for all workers of a new version to get ready
GRACE = 0.5  # seconds for a call that was on its way to a worker before the front knew
ENDED = "worker ended"
ANSWER = 0.5  # seconds for a worker that hangs to tell where
LAST_WORDS = 1.0  # seconds for a template to tell how a worker ended
REST = 5.0  # seconds before a template that died is started again

log = logging.getLogger("ivr.supervisor")


async def nobody_asks() -> None:
    """For one that callers reach directly."""


class Supervisor:
    """Workers and their templates.

    `published` is awaited when other lives take calls than before, `buried` each life that is
    over, `counted` what workers have counted.
    """

    def __init__(
        self,
        file: Path,
        settings: Settings,
        *,
        published: Callable[[], Coroutine[None, None, None]] = nobody_asks,
        buried: Callable[[Bury], None] = lambda bury: None,
        counted: Callable[[Message], None] = lambda tally: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.file = file
        self.settings = settings
        self.behind_front = False
        self.crew = Crew(1, 1)
        self.occupied: set[int] = set()
        """Slots that are held by workers of another supervisor."""
        self.restarts: Counter[int] = Counter()
        """How often the worker of each slot has died, or did not start."""
        self.overrides: dict[str, str] = {}
        self.registrations: dict[str, Message] = {}
        """How each account is registered, as a worker told last."""
        self._registrant: Registrant | None = None
        self._published = published
        self._buried = buried
        self._counted = counted
        self._clock = clock
        self._templates: dict[int, Template] = {}
        self._links: dict[str, Link] = {}
        self._questions = Questions()
        self._versions = 0
        self._reloading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self.complete = asyncio.Event()
        self.over = asyncio.Event()

    async def load(self) -> int:
        """Read the project.  Returns how many calls a worker holds.

        Raises `LoadError` and `SettingsError`.
        """
        self._first, limit = await self._load(None)
        return limit

    def start(self, workers: int, behind_front: bool) -> None:
        """Start the workers: one that callers reach directly, or many behind a front."""
        self.behind_front = behind_front
        slots = workers * SPARE if behind_front else 1
        self.crew = Crew(workers, slots, self.settings.fleet.hung_after, occupied=self.occupied)
        self._adopt(self._first)
        self._spawn(self._tick())

    async def reload(self) -> list[str]:
        """Take new calls with what the files say now.

        Returns, when that is so, nothing; or what is wrong: then all is as before.
        """
        async with self._reloading:
            faults = await self._reload()
        for fault in faults:
            log.error("not reloaded: %s", fault)
        if not faults:
            log.info("reloaded: new calls meet version %d", self.crew.version)
        return faults

    async def _reload(self) -> list[str]:
        try:
            template, _ = await self._load(self.settings.fixed())
        except (IvrError, OSError) as error:
            return str(error).splitlines()
        if self.crew.closing:
            template.retire()
            return ["the server is ending"]
        if not self.behind_front:
            swapped = await self._swap(template)
            return [] if swapped else ["the worker did not read the project; its log says why"]
        self.complete.clear()
        self._adopt(template)
        try:
            await asyncio.wait_for(self.complete.wait(), TAKE_OVER_LIMIT)
        except TimeoutError:
            why = "the log tells why, unless calls of earlier versions hold all places"
            return [f"the new workers are not ready, and the old ones go on; {why}"]
        await self._published()
        return []

    def close(self, seconds: float) -> None:
        """No new calls; `over` is set when the last has ended, after `seconds` at the latest."""
        self._do(self.crew.close(seconds, self._clock()))

    def end(self) -> None:
        """End every process now, with whatever calls it has.

        One that was forked, and of which nobody has told us yet, finds the word on its link.
        """
        for link in self._links.values():
            link.send({"end": True})
        for life in list(self.crew.lives.values()):
            if life.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(life.pid, signal.SIGKILL)
        for template in self._templates.values():
            template.kill()

    def register(self) -> None:
        """From now on, one of the workers keeps the accounts registered."""
        self._registrant = Registrant()
        self._appoint()

    def replace(self, slot: int) -> bool:
        """Let the worker in `slot` finish, and have another in its place; False: nobody there."""
        intents = self.crew.replace(slot, self._clock())
        self._do(intents)
        return bool(intents)

    async def tell(self, call_id: str, command: Message) -> bool:
        """Have the worker of a call do something about it; False: there is no such call."""
        life = next((x for x in self.crew.lives.values() if x.has(call_id)), None)
        if life is None:
            return False
        return "why" not in await self._ask(life.name, {"tell": call_id, **command})

    async def dial(self, order: Mapping[str, str]) -> str:
        """Have a worker make a call out; its id, as soon as it has a journal.

        Raises `NotDialled`.
        """
        try:
            order = {**addressed(self.settings, order), "id": new_call_id()}
        except ValueError as error:
            raise NotDialled("unknown", str(error)) from None
        crew, refusal = self.crew, NotDialled("no_room", "no worker takes calls")
        for life in sorted(crew.serving(), key=Life.free, reverse=True) if not crew.closing else ():
            answer = await self._ask(life.name, {"dial": order})
            if "why" not in answer:
                return order["id"]
            kind = answer.get("kind", "no_room")
            refusal = NotDialled("no_room" if kind == LOST else kind, answer["why"])
            if kind != "no_room":  # where it is lost, somebody may ring already
                break
        raise refusal

    def override(self, schedule: str, state: str) -> None:
        """From now on `schedule` is `open` or `closed` whatever its hours say; empty: no more."""
        self.overrides[schedule] = state
        if not state:
            del self.overrides[schedule]
        for link in self._links.values():
            link.send({"overrides": self.overrides})

    # -- versions ---------------------------------------------------------------------------------

    async def _load(self, fixed: Message | None) -> tuple[Template, int]:
        self._versions += 1
        template = Template(self._versions, self._hear_template)
        try:
            return template, await template.load(self.file, fixed)
        except TimeoutError:
            raise SettingsError("the project took too long to load") from None
        finally:
            if not template.is_ready:
                template.kill()

    def _adopt(self, template: Template) -> None:
        """Have all workers to come be of this template."""
        self._templates[template.version] = template
        self._spawn(self._watch(template))
        self._do(self.crew.loaded(template.version, self._clock()))

    async def _swap(self, template: Template) -> bool:
        """A worker that stands alone cannot be replaced while it holds the port: it reads anew."""
        for life in list(self._links):
            if "why" in await self._ask(life, {"swap": str(self.file)}):
                template.retire()
                return False
        before, self._templates = self._templates, {template.version: template}
        self._spawn(self._watch(template))
        self.crew.swapped(template.version)
        for old in before.values():
            old.retire()
        return True

    async def _watch(self, template: Template) -> None:
        """A template must not end before it is told to; its workers do not need it."""
        await template.over.wait()
        if self._templates.pop(template.version, None) is None:
            return
        log.error("the template of version %d is gone", template.version)
        while not self.crew.closing and template.version == self.crew.version:
            if not await self.reload():
                return
            await asyncio.sleep(REST)

    # -- what the crew wants ----------------------------------------------------------------------

    def _do(self, intents: Iterable[Intent]) -> None:
        intents = list(intents)
        drains = [intent for intent in intents if isinstance(intent, Drain)]
        for intent in intents:
            try:
                self._carry_out(intent)
            except OSError:  # no memory, no descriptors, no disk: the others must not suffer
                log.exception("%s", intent)
        if Publish() in intents:
            self._appoint()
            self._spawn(self._publish(drains))
        else:
            self._drain(drains)
        if self.crew.complete:
            self.complete.set()
        if self.crew.closing and not self.crew.lives:
            self.over.set()

    def _carry_out(self, intent: Intent) -> None:
        match intent:
            case Fork():
                self._fork(intent)
            case Kill(life):
                self._kill(life)
            case Bury():
                self._bury(intent)
            case Retire(version):
                if template := self._templates.pop(version, None):
                    template.retire()

    def _appoint(self) -> None:
        # At the end whoever has the registrations takes them back, as he drains.
        if self._registrant and not self.crew.closing:
            serving = [life.name for life in self.crew.serving()]
            for life, keep in zip(self._registrant.choose(serving), (False, True), strict=True):
                if link := self._links.get(life):
                    link.send({"register": keep})

    async def _publish(self, drains: list[Drain]) -> None:
        """Nobody is sent to a worker that has been told to refuse him."""
        try:
            await self._published()
        except OSError:
            log.exception("the front is not told")
        if drains and self.behind_front:
            await asyncio.sleep(GRACE)
        self._drain(drains)

    def _drain(self, drains: list[Drain]) -> None:
        for drain in drains:
            if link := self._links.get(drain.life):
                link.send({"drain": drain.seconds})

    def _fork(self, fork: Fork) -> None:
        template = self._templates.get(fork.version)
        if template is None:  # it has just died, and `_watch` starts another
            asyncio.get_running_loop().call_later(LAST_WORDS, self._lost, fork.life)
            return
        link = self._links[fork.life] = template.fork(fork, self.place(fork.slot))
        asyncio.get_running_loop().add_reader(link, self._hear, fork.life, link)
        if self.overrides:
            link.send({"overrides": self.overrides})

    def place(self, slot: int) -> Place:
        """Where the worker of a slot listens."""
        return worker_place(self.settings, slot if self.behind_front else None)

    def _kill(self, life: str) -> None:
        known = self.crew.lives[life]
        if known.pid and known.cause == HUNG:
            with contextlib.suppress(ProcessLookupError):
                os.kill(known.pid, signal.SIGUSR1)  # where is it? see `vital.answer_where`
            asyncio.get_running_loop().call_later(ANSWER, self._kill_now, known)
        elif known.pid:
            self._kill_now(known)
        elif template := self._templates.get(known.version):
            log.error("the template of version %d does not fork; killed", template.version)
            template.kill()

    def _kill_now(self, life: Life) -> None:
        if life.name not in self.crew.lives:  # it has just ended
            return
        found = whereabouts(vital.where(self.settings.lives, life.name), life.live)
        log.error("worker %s (%d): %s; killed%s", life.name, life.pid, life.cause, found)
        with contextlib.suppress(ProcessLookupError):
            os.kill(life.pid, signal.SIGKILL)

    def _bury(self, bury: Bury) -> None:
        life, cause = bury.life, bury.cause
        link = self._links.pop(life, None)
        if link:
            asyncio.get_running_loop().remove_reader(link)
            link.close()
        self._questions.gone(life)
        if cause != ENDED:
            log.error("worker %s: %s", life, cause)
            self.restarts[slot_of(life)] += 1
        self._buried(bury)

    # -- what workers and templates say -----------------------------------------------------------

    def _hear(self, life: str, link: Link) -> None:
        now = self._clock()
        for message, _ in link.receive():
            match message:
                case {"beat": _}:
                    self.crew.beat(life, message.get("live"), now)
                    if "tally" in message:
                        self._counted(message["tally"])
                    for each in message.get("registrations", ()):
                        self._registered(each)
                case {"ready": capacity}:
                    self._do(self.crew.ready(life, capacity, now))
                case {"told": number, **said}:
                    self._questions.answered(number, said)
        if link.gone:
            loop = asyncio.get_running_loop()
            loop.remove_reader(link)
            loop.call_later(LAST_WORDS, self._lost, life)

    def _registered(self, told: Message) -> None:
        """A worker tells of an account; what another one got lasts, whoever it is that renews."""
        before = self.registrations.get(told["account"], told)
        if told["state"] == TRYING:
            told = {**told, "until": before["until"]}
        self.registrations[told["account"]] = told

    def _lost(self, life: str) -> None:
        """Its template would have told how it ended, but may have ended itself."""
        self._do(self.crew.exited(life, ENDED, self._clock()))

    def _hear_template(self, message: Message) -> None:
        match message:
            case {"forked": life, "pid": pid}:
                self.crew.forked(life, pid)
            case {"exited": life, "cause": cause}:
                if link := self._links.get(life):
                    self._hear(life, link)  # its last words
                self._do(self.crew.exited(life, cause or ENDED, self._clock()))

    async def _ask(self, life: str, message: Message) -> Message:
        """What a worker answers: it is done, unless there is a `why`."""
        return await self._questions.ask(life, self._links.get(life), message)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._do(self.crew.tick(self._clock()))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
