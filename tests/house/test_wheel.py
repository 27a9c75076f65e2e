"""The built wheel, installed in an empty environment outside the repository, is all one needs."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ..ports import free_port, rtp_port

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.install


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = tmp_path_factory.mktemp("source")  # a copy: what was built before must not be packed
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "ivr", source / "ivr", ignore=shutil.ignore_patterns("__pycache__"))
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(source))
    (wheel,) = folder.glob("ivr-*.whl")
    return wheel


@pytest.fixture(scope="module")
def ivr(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("home") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", str(home))
    install = (sys.executable, "-m", "pip", "--python", str(home / "bin/python"), "install", "-q")
    run(*install, "--no-compile", "-c", str(ROOT / "constraints.txt"), str(wheel))
    return str(home / "bin/ivr")


def run(*command: str, cwd: Path | None = None) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("IVR_", "PYTHON"))}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def test_new_test_and_serve(ivr: str, tmp_path: Path) -> None:
    run(ivr, "new", "shop", cwd=tmp_path)
    shop = tmp_path / "shop"
    assert "3 passed" in run(ivr, "test", cwd=shop)
    run(ivr, "check", cwd=shop)
    assert "models/en  299 words" in run(ivr, "speech", "models", cwd=shop)
    port = free_port()
    environment = {**os.environ, "IVR_SIP__PORT": str(port), "IVR_SIP__RTP_PORT": str(rtp_port())}
    with subprocess.Popen(
        [ivr, "serve"], cwd=shop, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            assert f"127.0.0.1:{port}" in server.stdout.readline()
            assert options(port).startswith("SIP/2.0 200")
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=40) == 0


def test_every_wheel_exists_for_python_3_12(wheel: Path, tmp_path: Path) -> None:
    """What num2words and vosk take along is pure Python, and comes as source alone in part."""
    ours = ("-c", str(ROOT / "constraints.txt"))
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "-w",
        str(tmp_path),
        *ours,
        "docopt",
        "srt",
    )
    run(
        *(
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--dry-run",
            "--target",
            str(tmp_path / "3.12"),
        ),
        *("--python-version", "3.12", "--only-binary", ":all:"),
        *("--find-links", str(tmp_path), *ours, str(wheel)),
    )


def options(port: int) -> str:
    """What the line answers to an OPTIONS request."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(20)
        mine = phone.getsockname()[1]
        request = (
            f"OPTIONS sip:100@127.0.0.1:{port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{mine};branch=z9hG4bKwheel\r\n"
            "From: <sip:test@127.0.0.1>;tag=1\r\nTo: <sip:100@127.0.0.1>\r\n"
            "Call-ID: wheel\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )
        phone.sendto(request.encode(), ("127.0.0.1", port))
        return phone.recv(4000).decode()
