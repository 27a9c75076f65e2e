"""secrets: texts that flows use and nobody reads, from the environment or from files."""

from __future__ import annotations

import os
from typing import Annotated, Self

from pydantic import Field, model_validator

from ..engine.errors import SettingsError
from .sections import Location, Section


class SecretSource(Section):
    """Where a secret comes from."""

    env: str = Field(
        default="",
        pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$",
        description="environment variable that has it",
    )
    file: Location | None = Field(default=None, description="file that has it, and nothing else")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.env) == (self.file is not None):
            raise ValueError("expected one place for it: env, or file")
        return self

    def read(self, name: str) -> str:
        """The secret; *name* is what the settings call it.  Raises `SettingsError`."""
        if self.file is None:
            if secret := os.environ.get(self.env, ""):
                return secret
            raise SettingsError(
                f"{name}: the environment has no {self.env}; set it for the process that serves"
            )
        try:
            secret = self.file.read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            raise SettingsError(f"{name}: {self.file} cannot be read: {reason}") from None
        if not secret:
            raise SettingsError(f"{name}: {self.file} is empty")
        return secret


SecretName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$")]
Secrets = dict[SecretName, SecretSource]
