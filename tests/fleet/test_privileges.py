"""A service that is started as root does not stay it."""

import json
import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ivr.engine.errors import SettingsError
from ivr.fleet.privileges import drop

NOBODY = pwd.getpwnam("nobody")

# In a process of its own, in the folder that is to be `var`.
CHILD = """
import json, os, pathlib
from ivr.fleet.privileges import drop

drop("nobody", pathlib.Path("."))
pathlib.Path("new").write_text("a new file")
pathlib.Path("calls/old").write_text("an old file")
try:
    os.setuid(0)
    back = True
except PermissionError:
    back = False
drop("nobody at all", pathlib.Path("."))
print(json.dumps({
    "users": os.getresuid(), "groups": os.getresgid(), "others": os.getgroups(),
    "home": os.environ["HOME"], "back": back,
}))
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def child(var: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD], cwd=var, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@as_root
def test_it_becomes_the_user_for_good_and_owns_var(tmp_path: Path) -> None:
    var = tmp_path / "var"
    (var / "calls").mkdir(parents=True)
    (var / "calls/old").write_text("written by root")
    found = child(var)
    assert found["users"] == [NOBODY.pw_uid] * 3
    assert found["groups"] == [NOBODY.pw_gid] * 3
    assert 0 not in found["others"]
    assert found["home"] == NOBODY.pw_dir
    assert not found["back"]
    assert {path.owner() for path in (var, *var.rglob("*"))} == {"nobody"}


@as_root
def test_what_only_seems_to_be_in_var_is_not_given_away(tmp_path: Path) -> None:
    var, secret = tmp_path / "var", tmp_path / "secret"
    (var / "calls").mkdir(parents=True)
    (var / "calls/old").touch()
    secret.write_text("root's own")
    (var / "hard").hardlink_to(secret)
    (var / "soft").symlink_to(secret)
    (var / "folder").symlink_to(tmp_path)
    child(var)
    assert secret.owner() == "root"
    assert tmp_path.owner() == "root"


@as_root
def test_a_user_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no user 'nobody at all'; `adduser --system"):
        drop("nobody at all", tmp_path)


@as_root
def test_root_is_warned(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    drop("", tmp_path)
    assert "running as root" in caplog.text
    assert os.geteuid() == 0
