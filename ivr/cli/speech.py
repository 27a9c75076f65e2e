"""ivr speech: the models that understand callers."""

from __future__ import annotations

import re
from pathlib import Path

from ..config import load_settings
from ..engine.errors import SettingsError
from ..speech.model_store import Model, install_model, language_of, model_of, models_in
from ..speech.vosk_model import EMBEDDED
from .output import as_json, bytes_progress, complain, print_columns

FOLDER = "models"


def install(settings_file: Path, source: str, sha256: str, language: str) -> None:
    if language and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", language):
        raise SettingsError(f"{language!r} is no language; expected a tag such as de or pt-BR")
    settings = load_settings(settings_file)
    store = settings_file.parent / FOLDER
    with bytes_progress() as step:
        done = install_model(source, store, sha256, step)
    print(f"{done.model.folder}: {_described(done.model)}")
    if not sha256:
        print(f"Not verified. The next time, give it --sha256 {done.sha256}")
    speaks = language or language_of(done.model.name) or settings.language
    print(f"To use it, add this to {settings_file}:\n")
    print(f"speech:\n  models:\n    {speaks}: {FOLDER}/{done.model.name}")


def list_models(settings_file: Path, json: bool) -> int:
    models = [*map(model_of, EMBEDDED.values()), *models_in(settings_file.parent / FOLDER)]
    if json:
        as_json([{**model._asdict(), "folder": str(model.folder)} for model in models])
    else:
        rows = [(str(model.folder), _described(model)) for model in models if not model.fault]
        print_columns(rows)
    for model in models:
        if model.fault:
            complain(model.fault)
    return 1 if any(model.fault for model in models) else 0


def _described(model: Model) -> str:
    return f"{model.words:,} words, {model.size / 1e6:,.0f} MB"
