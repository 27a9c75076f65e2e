"""What an operator can set: one typed object, made of one section a file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from .sip import Sip
from .voice import Voice

PREFIX = "IVR_"
NESTED = "__"


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=NESTED, extra="forbid", case_sensitive=False
    )

    routes: dict[str, Path] = Field(
        min_length=1,
        description="flow file for what was dialled: the number, the start of one (49*), or *",
    )
    language: str = Field(default="en", description="language of calls whose flow names none")
    prompts: Path = Field(default=Path("prompts"), description="folder of the prompts")
    var: Path = Field(
        default=Path("var"),
        description="folder of what is written: messages, journals, rendered prompts",
    )
    drain_seconds: float = Field(
        default=30.0, ge=0, le=86400, description="how long live calls may go on after SIGTERM"
    )
    sip: Sip = Field(default_factory=Sip, description="where the line listens")
    voice: Voice = Field(default_factory=Voice, description="how texts are spoken")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings

    @property
    def messages(self) -> Path:
        """Where recorded messages are kept."""
        return self.var / "messages"

    @property
    def journals(self) -> Path:
        """Where the journals of calls are kept."""
        return self.var / "calls"

    @property
    def cache(self) -> Path:
        """Where rendered prompts are kept."""
        return self.var / "prompts"
