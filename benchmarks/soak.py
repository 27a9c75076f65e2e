"""Many short calls in a row by UDP: does the line keep memory, threads or files?

    python -m benchmarks.soak [rounds]        # needs sipp; 500 calls a round

The SIP stack remembers each UDP transaction for 32 s (RFC 3261, 17.2.2), so memory is read after a
pause that is longer.  The first round is the baseline of the others.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .line import Target

CALLS = 500
REMEMBERED = 34  # seconds
PORT = 17600
FLOW = """\
ivr: 1
flow: soak
start: only
states:
  only:
    do: [{answer: {settle: 0}}, {say: sorry}, hang_up]
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
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory(prefix="ivr-soak-") as name:
        folder = Path(name)
        (folder / "soak.yaml").write_text(FLOW)
        (folder / "ivr.yaml").write_text('routes: {"*": soak.yaml}\n')
        environment = {**os.environ, "IVR_SIP__PORT": str(PORT), "IVR_SIP__RTP_PORT": "46000"}
        server = subprocess.Popen(
            [sys.executable, "-m", "ivr", "serve"],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert server.stdout is not None
            server.stdout.readline()
            for number in range(1, rounds + 1):
                call(folder)
                time.sleep(REMEMBERED)
                private, threads, files = state(Target([server.pid]))
                print(
                    f"round {number}: {CALLS} calls, then {private} kB private,"
                    f" {threads} threads, {files} files",
                    flush=True,
                )
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)


def call(folder: Path) -> None:
    """SIPp calls, waits for the answer and hangs up, 25 times a second."""
    command = ["sipp", "-sn", "uac", "-i", "127.0.0.1", "-p", "17699", "-m", str(CALLS)]
    command += ["-r", "25", "-l", "3", "-d", "20", "-nostdin", f"127.0.0.1:{PORT}"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


if __name__ == "__main__":
    main()
