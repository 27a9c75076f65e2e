"""The process that workers are copies of: it reads one version of the project, and forks.

It never starts a thread and never touches the SIP stack, or a copy would begin with half of either.
What it has read before it freezes the garbage collector is shared by all its copies.

    python -m ivr.fleet.template FD NOTES

FD is its end of a `Link` to the supervisor, which sends `Task` first and then what to do.  NOTES is
a file for what it is at until it is ready (`overdue.py`).
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from .. import listening
from ..engine.codes import Code
from ..engine.errors import IvrError, LoadError, SettingsError
from ..logs import setup
from ..project import Project, load_project
from ..sip.native import Unusable, usable
from ..speech.prompts import PromptStore
from .link import Link, Message
from .member import serve
from .overdue import Steps
from .place import Place, callers_each

log = logging.getLogger("ivr.template")

PR_SET_PDEATHSIG = 1
PR_SET_MEMORY_MERGE = 67


def main(descriptor: int, notes: int) -> int:
    # It is for the supervisor, which reads the files anew; workers and their children inherit this.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    die_with_the_supervisor(signal.SIGKILL)
    link = Link(socket.socket(fileno=descriptor))
    select.select([link.fileno()], [], [])
    task = next(link.receive())[0]
    steps = Steps(notes, task["patience"])
    steps.begin("reading the project")
    try:
        project = load_project(Path(task["file"]))
        setup(project.settings.log_format)
        if fixed := task["fixed"]:
            require_the_same(fixed, project.settings.fixed())
            rehearse(project, steps.begin)
        for each in (
            *project.warnings,
            *listening.unheard(project.every_flow, project.settings),
            *listening.lacking(project.every_flow, project.settings),
        ):
            log.warning("%s", each)
        prompts = project.prompts()
        render(prompts, steps.begin)
    except LoadError as error:
        link.send({"faults": [asdict(fault) for fault in error.faults]})
        return 1
    except (IvrError, OSError) as error:
        link.send({"trouble": str(error)})
        return 1
    steps.end()
    die_with_the_supervisor(0)  # its workers finish their calls, and it tells how they end
    Template(link, project, prompts).run()
    return 0


def die_with_the_supervisor(number: int) -> None:
    """From now on this process gets the signal when the supervisor ends; 0: it goes on."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


def require_the_same(before: Message, now: Message) -> None:
    """Raises `SettingsError` for a setting that only a restart can change."""
    changed = [name for name in before if before[name] != now.get(name)]
    if changed:
        raise SettingsError(
            f"changed in the settings: {', '.join(changed)}; that takes a restart, not a reload"
        )


def rehearse(project: Project, begin: Callable[[str], None] = lambda step: None) -> None:
    """Run the scenarios beside the flows.  Raises `LoadError` when one does not go as told."""
    from ..testing.run import run
    from ..testing.scenario import SUFFIX, ScenarioResult

    flows = project.settings.flow_files
    scenarios = [f for flow in flows if (f := flow.with_name(flow.stem + SUFFIX)).exists()]
    begin("running the first scenario")

    def told(result: ScenarioResult) -> None:
        place = result.place
        begin(f"running the scenario after {place.file}:{place.line}")

    known = project.prompts().catalogue.everywhere() if scenarios else None
    report = run(scenarios, known, told) if scenarios else None
    if report and report.exit_code:
        failed = [
            r.place.fault(f"{r.scenario}: {r.sentence}", Code.FAILED_STORY) for r in report.failed
        ]
        raise LoadError(report.faults + failed)


def render(prompts: PromptStore, begin: Callable[[str], None]) -> None:
    """Render what is not in the cache yet, with a bar if that takes time and somebody looks."""
    with contextlib.ExitStack() as stack:
        shown: list[Callable[[int, int, str], None]] = []
        if prompts.missing() and sys.stderr.isatty():
            from ..cli.output import progress

            shown.append(stack.enter_context(progress("Rendering prompts")))

        def made(done: int, total: int, name: str) -> None:
            begin(f"rendering the prompt after {name}")
            for show in shown:
                show(done, total, name)

        begin("rendering the first prompt")
        prompts.render_all(made)


def share() -> None:
    """Before forking: a page of memory is shared until either side writes to it.

    So what every worker would look up is looked up here, and what it would forget is forgotten.
    Pages that come to be alike all the same are kept once, where the kernel looks for such
    (/sys/kernel/mm/ksm/run).
    """
    ctypes.CDLL(None).prctl(PR_SET_MEMORY_MERGE, 1, 0, 0, 0)  # refused by kernels before 6.4
    with contextlib.suppress(Unusable):
        usable()
    # It holds thousands of names, and a name is written to when another takes its place.
    sys._clear_type_cache()
    gc.collect()
    gc.freeze()


class Template:
    """Forks workers for the supervisor, and tells how each ended."""

    def __init__(self, link: Link, project: Project, prompts: PromptStore) -> None:
        self._link = link
        self._project = project
        self._prompts = prompts
        self._lives: dict[int, str] = {}
        self._open = True

    def run(self) -> None:
        """Until the supervisor has no more use for it, and the last of its workers is over."""
        awake, wakes = os.pipe()
        os.set_blocking(awake, False)
        os.set_blocking(wakes, False)
        signal.set_wakeup_fd(wakes)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        share()
        self._link.send({"loaded": callers_each(self._project.settings)})
        while self._open or self._lives:
            select.select([awake, self._link.fileno()] if self._open else [awake], [], [])
            with contextlib.suppress(BlockingIOError):
                os.read(awake, 4096)
            self._reap()
            for message, end in self._link.receive() if self._open else ():
                self._do(message, end)
            self._open = self._open and not self._link.gone

    def _do(self, message: Message, end: socket.socket | None) -> None:
        if life := message.get("fork"):
            assert end is not None
            self._fork(life, Place(**message["place"]), end)
        elif "retire" in message:
            self._open = False

    def _fork(self, life: str, place: Place, end: socket.socket) -> None:
        try:
            pid = os.fork()
        except OSError as error:
            end.close()
            self._link.send({"exited": life, "cause": f"worker not forked: {error.strerror}"})
            return
        if pid:
            end.close()
            self._lives[pid] = life
            self._link.send({"forked": life, "pid": pid})
            return
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            setup(self._project.settings.log_format, worker=life)
            self._link.close()
            code = serve(self._project, self._prompts, life, place, Link(end))
        except BaseException:
            log.exception("worker %s", life)
        finally:
            logging.shutdown()
            os._exit(code)

    def _reap(self) -> None:
        while self._lives:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            if life := self._lives.pop(pid, ""):
                self._link.send({"exited": life, "cause": _cause(status)})


def _cause(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return f"worker killed by {signal.Signals(-code).name}"
    return f"worker ended with {code}" if code else "worker ended"


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
