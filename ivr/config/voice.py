"""voice: how texts are spoken."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from .sections import Location, Section

EngineName = Literal["pyttsx3", "espeak-ng", "piper", "recorded"]


class Voice(Section):
    """How texts are spoken."""

    engine: EngineName = Field(default="pyttsx3", description="what speaks the texts")
    fallback: list[EngineName] = Field(
        default=["espeak-ng"],
        description="what speaks them, in this order, where the engine cannot; then it is a tone",
    )
    names: dict[str, str] = Field(
        default={},
        description="voice of a language, for pyttsx3 and espeak-ng, such as en: gmw/en-us+f3",
    )
    piper: dict[str, Location] = Field(
        default={}, description="voice of a language, for piper: its file, such as en: amy.onnx"
    )
    recorded: Location | None = Field(
        default=None, description="folder of recorded words, such as words/en/please press.wav"
    )
    rate: int = Field(default=165, ge=80, le=450, description="words per minute")
    pitch: float = Field(default=1.0, ge=0.5, le=2.0, description="times that of the voice")
    volume: float = Field(default=1.0, ge=0.1, le=1.4, description="times the usual")

    loudness: float = Field(
        default=-20.0,
        ge=-40,
        le=-10,
        description="dBFS that texts and recordings are brought to, without their pauses",
    )
    longest: float = Field(
        default=20.0, gt=0, description="seconds; `ivr prompts check` tells of longer prompts"
    )

    @model_validator(mode="after")
    def _engines_have_what_they_need(self) -> Voice:
        for engine in (self.engine, *self.fallback):
            if engine == "piper" and not self.piper:
                raise ValueError("piper needs the file of a voice, such as piper: {en: amy.onnx}")
            if engine == "recorded" and not self.recorded:
                raise ValueError("recorded needs the folder of the words, such as recorded: words")
        return self
