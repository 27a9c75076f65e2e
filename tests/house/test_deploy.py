"""What the pages and files for operators say is so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ivr.config import Settings, describe, load_settings
from ivr.fleet.crew import LEISURE
from ivr.fleet.place import RTP_PORTS
from ivr.fleet.server import LAST_RECORDS
from ivr.fleet.supervisor import SPARE

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy/ivr.service"
KEYS = {key for key, *_ in describe()}
SECTIONS = {key.partition(".")[0] for key in KEYS if "." in key}


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "docs/deploy.md").read_text()


@pytest.fixture
def settings(page: str, tmp_path: Path) -> Settings:
    """Those of the page's example."""
    block = next(b for b in re.findall(r"```yaml\n(.*?)```", page, re.S) if "routes:" in b)
    (tmp_path / "ivr.yaml").write_text(block)
    return load_settings(tmp_path / "ivr.yaml")


@pytest.mark.parametrize("name", ["deploy.md", "media.md", "serving.md"])
def test_every_setting_that_a_page_names_exists(name: str) -> None:
    named = re.findall(r"`([a-z_]+\.[a-z_]+)`", (ROOT / "docs" / name).read_text())
    named = [key for key in named if key.partition(".")[0] in SECTIONS]
    assert named and not set(named) - KEYS


def test_the_ports_of_the_example(page: str, settings: Settings) -> None:
    slots = settings.calls // 4 * SPARE
    rtp, workers = settings.sip.rtp_port, settings.fleet.first_port
    assert f"{rtp} to {rtp + slots * RTP_PORTS - 1} for {settings.calls} calls" in page
    assert f"{workers} to {workers + slots - 1} for {settings.calls} calls" in page
    assert f"udp dport {rtp}-{rtp + slots * RTP_PORTS - 1} accept" in page
    assert f"`control.port`, {settings.control.port} |" in page


def test_systemd_waits_for_the_last_record() -> None:
    (minutes,) = re.findall(r"^TimeoutStopSec=(\d+)min$", UNIT.read_text(), re.M)
    drain = Settings.model_fields["drain_seconds"].default
    assert int(minutes) * 60 > drain + LEISURE + LAST_RECORDS


@pytest.mark.line
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/ivr/current/bin/ivr", sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert unit.name not in done.stderr


def test_compose_mounts_files_that_exist() -> None:
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
    mounts = [mount for service in services.values() for mount in service["volumes"]]
    files = [mount.partition(":")[0] for mount in mounts if mount.startswith(".")]
    assert len(files) == 5
    assert all((ROOT / "deploy" / file).is_file() for file in files)
    assert (ROOT / services["ivr"]["build"]["dockerfile"]).is_file()
