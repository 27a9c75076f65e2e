"""Who may register: a file of ``name: password``, a line each."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import yaml

from ...engine.errors import SettingsError

NAME = re.compile(r"[A-Za-z0-9._+-]{1,64}")


def read_users(path: Path) -> dict[str, str]:
    """Names and passwords.  Raises `SettingsError` with what is wrong in the file."""
    try:
        users = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"front.users: {path}: {error}") from None
    if not isinstance(users, dict):
        raise SettingsError(f"front.users: {path}: expected lines such as  alice: her-password")
    for name, password in users.items():
        if not NAME.fullmatch(name):
            raise SettingsError(
                f"front.users: {path}: the name {name!r}; letters, digits and . _ + - can be in one"
            )
        if not isinstance(password, str) or not password:
            raise SettingsError(f"front.users: {path}: {name} has no password")
    return users


def ha1(name: str, realm: str, password: str) -> str:
    """What of a password digest authentication needs (RFC 2617, 3.2.2.2)."""
    return hashlib.md5(f"{name}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()
