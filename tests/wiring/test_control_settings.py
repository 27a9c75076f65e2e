"""The settings of the control API, as far as they are more than a value."""

from pathlib import Path

import pytest

from ivr.config import Settings, load_settings
from ivr.engine.errors import LoadError


def settings(folder: Path, more: str) -> Settings:
    file = folder / "ivr.yaml"
    file.write_text(f'routes: {{"*": a.yaml}}\n{more}\n')
    return load_settings(file)


@pytest.mark.parametrize(
    ("more", "file"),
    [
        ("", "var/control.token"),
        ("var: state", "state/control.token"),
        ("control: {token_file: secret/token}", "secret/token"),
        ("control: {token_file: /etc/ivr/token}", "/etc/ivr/token"),
    ],
)
def test_where_the_token_is_kept(tmp_path: Path, more: str, file: str) -> None:
    assert settings(tmp_path, more).token_file == tmp_path / file


def test_a_token_is_not_shown_by_accident(tmp_path: Path) -> None:
    found = settings(tmp_path, "control: {token: correct-horse-battery}")
    assert found.control.token.get_secret_value() == "correct-horse-battery"
    assert "horse" not in repr(found)


def test_the_log_is_text_or_json(tmp_path: Path) -> None:
    assert settings(tmp_path, "").log_format == "text"
    assert settings(tmp_path, "log_format: json").log_format == "json"
    with pytest.raises(LoadError, match="log_format"):
        settings(tmp_path, "log_format: xml")
