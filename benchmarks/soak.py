"""A worker whose four slots are never empty: does the line keep memory, threads or files?

    python -m benchmarks.soak [minutes]       # 30 unless told; needs sipp

Calls come by UDP, four at once, each as soon as another has ended: an answer, a prompt, a BYE.
The SIP stack remembers each UDP transaction for 32 s (RFC 3261, 17.2.2), so the start and the end
are read after a pause that is longer.  The start follows a minute of calls, which fill the caches.
"""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .line import Target

SLOTS = 4
WARMING = 1  # minutes
REMEMBERED = 34  # seconds
PORT, CALLER_PORT = 17600, 17699
HELD = 250  # milliseconds
SHARES = 6  # of the time, each told of
FLOW = """\
ivr: 1
flow: soak
start: only
states:
  only:
    do: [{answer: {settle: 0}}, {say: sorry}, {pause: 10 s}, hang_up]
"""


def state(target: Target) -> tuple[int, int, int]:
    """Private kB, threads and open files of all processes."""
    private, threads, files = zip(*map(state_of, target.members()), strict=True)
    return sum(private), sum(threads), sum(files)


def state_of(pid: int) -> tuple[int, int, int]:
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    private = sum(int(row.split()[1]) for row in rows if row.startswith("Private"))
    return private, len(os.listdir(f"/proc/{pid}/task")), len(os.listdir(f"/proc/{pid}/fd"))


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    with tempfile.TemporaryDirectory(prefix="ivr-soak-") as name:
        folder = Path(name)
        (folder / "soak.yaml").write_text(FLOW)
        (folder / "ivr.yaml").write_text('routes: {"*": soak.yaml}\n')
        environment = {**os.environ, "IVR_SIP__PORT": str(PORT), "IVR_SIP__RTP_PORT": "46000"}
        server = subprocess.Popen(
            [sys.executable, "-m", "ivr", "serve", "--calls", str(SLOTS)],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert server.stdout is not None
            if not server.stdout.readline():
                raise SystemExit("`ivr serve` did not start")
            call(folder, WARMING)
            tell("start", server)
            for _ in range(SHARES):
                good, failed = call(folder, minutes / SHARES)
                print(f"{good} calls served, {failed} not", flush=True)
            tell("end", server)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)


def tell(when: str, server: subprocess.Popen[str]) -> None:
    time.sleep(REMEMBERED)
    private, threads, files = state(Target([server.pid]))
    print(f"{when}: {private} kB private, {threads} threads, {files} files", flush=True)


def call(folder: Path, minutes: float) -> tuple[int, int]:
    """SIPp keeps all slots taken for this long.  How many calls were good, and how many not."""
    command = ["sipp", "-sn", "uac", "-i", "127.0.0.1", "-p", str(CALLER_PORT), "-l", str(SLOTS)]
    command += ["-r", "30", "-timeout", f"{minutes * 60:.0f}s", "-d", str(HELD), "-nostdin"]
    command += ["-trace_stat", "-stf", "calls.csv", "-fd", "60", f"127.0.0.1:{PORT}"]
    subprocess.run(command, cwd=folder, check=False, capture_output=True)
    with (folder / "calls.csv").open(newline="") as file:
        *_, last = csv.DictReader(file, delimiter=";")
    return int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"])


if __name__ == "__main__":
    main()
