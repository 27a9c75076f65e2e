"""The token of the control API: set, read from a file, or made and written into it."""

from __future__ import annotations

import logging
import os
import re
import secrets
from pathlib import Path

from ..engine.errors import SettingsError

log = logging.getLogger("ivr.control")

# RFC 6750, section 2.1: what a bearer token may consist of.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{16,}=*")


def the_token(given: str, file: Path) -> str:
    """*given*, or what is in *file*, which is made with a new token if it is not there.

    Raises `SettingsError`.
    """
    if given:
        return _usable(given, "control.token")
    try:
        token = _read(file)
    except FileNotFoundError:
        return _make(file)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise SettingsError(f"the token file {file} cannot be read: {reason}") from None
    return _usable(token, str(file))


def _read(file: Path) -> str:
    with file.open(encoding="ascii") as opened:
        if os.fstat(opened.fileno()).st_mode & 0o077:
            log.warning("others may read the token in %s; chmod 600 keeps it to yourself", file)
        return opened.read().strip()


def _make(file: Path) -> str:
    token = secrets.token_urlsafe(32)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(token + "\n")
    except OSError as error:
        raise SettingsError(
            f"the token file {file} cannot be written: {error.strerror}; set control.token"
        ) from None
    log.info("the token for the control API is in %s", file)
    return token


def _usable(token: str, where: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise SettingsError(
            f"{where}: a token has 16 or more letters, digits or signs of -._~+/ and no spaces;"
            " `openssl rand -hex 32` makes one"
        )
    return token
