from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pytest

from ivr.speech.prompts import PromptStore
from ivr.speech.sounds import Fetch, no_fetch
from ivr.speech.voice import Voice

from .fakes import FakeVoice

Warnings = Callable[[], list[str]]


class MakeStore(Protocol):
    def __call__(
        self,
        *,
        language: str = "en",
        voice: Voice | None = None,
        others: Sequence[Voice] = (),
        texts: list[tuple[str, str]] | None = None,
        urls: list[str] | None = None,
        fetch: Fetch = no_fetch,
        messages: Path | None = None,
        limit: float = 10.0,
        idle: float = 60.0,
    ) -> PromptStore: ...


@pytest.fixture
def voice() -> FakeVoice:
    return FakeVoice()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The author's prompts: two in English, one of them in German."""
    path = tmp_path / "prompts"
    path.mkdir()
    path.joinpath("en.yaml").write_text("welcome: Welcome to us.\nmenu: Press one or two.\n")
    path.joinpath("de.yaml").write_text("welcome: Guten Tag.\n")
    return path


@pytest.fixture
def make_store(tmp_path: Path, folder: Path, voice: FakeVoice) -> Iterator[MakeStore]:
    stores: list[PromptStore] = []
    standard = voice

    def make(
        *,
        language: str = "en",
        voice: Voice | None = None,
        others: Sequence[Voice] = (),
        texts: list[tuple[str, str]] | None = None,
        urls: list[str] | None = None,
        fetch: Fetch = no_fetch,
        messages: Path | None = None,
        limit: float = 10.0,
        idle: float = 60.0,
    ) -> PromptStore:
        store = PromptStore(
            folder,
            tmp_path / "cache",
            language,
            voice or standard,
            others=others,
            texts=texts or (),
            urls=urls or (),
            fetch=fetch,
            messages=messages,
            limit=limit,
            idle=idle,
        )
        stores.append(store)
        return store

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Warnings:
    return lambda: [each.getMessage() for each in caplog.records if each.name == "ivr.prompts"]
