"""baresip: a phone whose SIP, SRTP and codecs are not ours; it keeps what it hears."""

from __future__ import annotations

import subprocess
import wave
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from ..ports import free_port
from . import audio

MODULES = "/usr/lib/baresip/modules"
CONFIG = """\
poll_method epoll
sip_listen 127.0.0.1:{port}
net_interface 127.0.0.1
rtp_ports {rtp}-{last}
audio_source aufile,{folder}/says.wav
audio_player aubridge,x
snd_path {folder}
module_path {modules}
"""
NEEDED = ("g711", "g722", "aufile", "aubridge", "sndfile", "srtp", "account", "menu")


@contextmanager
def calling(
    folder: Path, port: int, codec: str, encryption: str, hertz: int, seconds: int = 2
) -> Iterator[subprocess.Popen[bytes]]:
    """A call to a line's `port` of some seconds, in which the phone says `hertz`.

    `codec` is as `G722/16000`; `encryption` one of baresip's, empty for none.
    """
    rate = int(codec.split("/")[1])
    step = audio.sine(hertz * audio.RATE // rate, rate * (seconds + 1))
    audio.write_wav(folder / "says.wav", step, rate)
    rtp = free_port(22) + 1 & ~1
    config = CONFIG.format(
        port=free_port(), rtp=rtp, last=rtp + 20, folder=folder, modules=MODULES
    )  # fmt: skip
    config += "".join(f"module {name}.so\n" for name in NEEDED)
    (folder / "config").write_text(config)
    kind = f";mediaenc={encryption}" if encryption else ""
    (folder / "accounts").write_text(f"<sip:bob@127.0.0.1>;regint=0;audio_codecs={codec}/1{kind}\n")
    command = ["baresip", "-f", str(folder), "-t", str(seconds), "-v"]
    with (
        (folder / "baresip.log").open("w") as log,
        subprocess.Popen(
            [*command, "-e", f"/dial sip:1@127.0.0.1:{port}"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        ) as phone,
    ):  # fmt: skip
        try:
            yield phone
        finally:
            phone.terminate()


def heard(folder: Path) -> tuple[float, float]:
    """What the phone heard, as `measured`."""
    [file] = folder.glob("dump-*-dec.wav")
    return measured(file)


def measured(file: Path) -> tuple[float, float]:
    """The tone, in hertz, and its root mean square, in the middle second of a file."""
    with wave.open(str(file), "rb") as sound:
        rate, frames = sound.getframerate(), sound.getnframes()
        sound.setpos(frames // 4)
        samples = array("h", sound.readframes(rate))
    crossings = sum(a < 0 <= b for a, b in pairwise(samples))
    mean = (sum(sample * sample for sample in samples) / len(samples)) ** 0.5
    return crossings * rate / len(samples), mean
