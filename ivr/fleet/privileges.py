"""A service that was started as root becomes an ordinary user before it takes a call."""

from __future__ import annotations

import contextlib
import logging
import os
import pwd
from pathlib import Path

from ..engine.errors import SettingsError

log = logging.getLogger("ivr.server")


def drop(user: str, var: Path) -> None:
    """Become *user*, to whom *var* and what is in it will belong.  Does nothing unless root.

    Raises `SettingsError`: there is no such user.
    """
    if os.geteuid() != 0:
        return
    if not user:
        log.warning("running as root; `user:` in the settings names whom to become instead")
        return
    try:
        known = pwd.getpwnam(user)
    except KeyError:
        raise SettingsError(
            f"user: there is no user {user!r}; `adduser --system --group {user}` makes one"
        ) from None
    try:
        var.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(unwritable(var, error)) from None
    _give(var, known.pw_uid, known.pw_gid)
    os.initgroups(user, known.pw_gid)
    os.setgid(known.pw_gid)
    os.setuid(known.pw_uid)
    os.environ["HOME"] = known.pw_dir
    log.info("running as %s", user)


def unwritable(var: Path, error: OSError) -> str:
    """What is wrong with the setting `var`, and what to do about it."""
    return f"var: {var}: {error.strerror}; name a folder that the user who serves may write to"


def _give(folder: Path, uid: int, gid: int) -> None:
    """Change who owns what is in *folder*.

    Whoever could write there may have made links to what is not his, and may be making more: so
    links are left alone, and nothing is named by its path.
    """
    for _, _, files, here in os.fwalk(folder):
        os.fchown(here, uid, gid)
        for name in files:
            with contextlib.suppress(FileNotFoundError):
                if os.stat(name, dir_fd=here, follow_symlinks=False).st_nlink == 1:
                    os.chown(name, uid, gid, dir_fd=here, follow_symlinks=False)
