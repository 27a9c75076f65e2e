"""records: what is kept of calls, and for how long."""

from __future__ import annotations

from typing import Self

from pydantic import Field, SecretStr, model_validator

from .sections import Location, Section


class Records(Section):
    """What is kept of calls, and for how long."""

    database: str = Field(
        default="",
        pattern=r"^$|^sqlite:///.+|^postgres(ql)?://.+",
        description="URL, such as postgresql://ivr@db/ivr; empty: calls.db in `var`",
    )
    keep_days: int = Field(
        default=0,
        ge=0,
        le=36500,
        description="days after which records, journals and messages are deleted; 0: never",
    )
    file: Location | None = Field(
        default=None, description="file that gets each record as a line of JSON"
    )
    webhook: str = Field(
        default="", pattern=r"^$|^https?://.+", description="URL that each record is sent to"
    )
    webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="key that what is sent to the webhook is signed with"
    )

    @model_validator(mode="after")
    def _is_signed(self) -> Self:
        if self.webhook and not self.webhook_secret.get_secret_value():
            raise ValueError("a webhook needs a webhook_secret, to sign what is sent to it")
        return self
