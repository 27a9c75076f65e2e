"""Where the token comes from."""

import logging
import os
from pathlib import Path

import pytest

from ivr.engine.errors import SettingsError
from ivr.web.tokens import the_token


def test_a_token_that_is_set_needs_no_file(tmp_path: Path) -> None:
    assert the_token("correct-horse-battery", tmp_path / "token") == "correct-horse-battery"
    assert not (tmp_path / "token").exists()


def test_one_is_made_at_the_first_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    file = tmp_path / "var" / "control.token"
    token = the_token("", file)
    assert len(token) >= 43  # 256 bits
    assert file.stat().st_mode & 0o777 == 0o600
    assert caplog.messages == [f"the token for the control API is in {file}"]
    assert token not in caplog.text
    assert the_token("", file) == token


def test_a_file_that_others_may_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "token"
    file.write_text("correct-horse-battery\n")
    file.chmod(0o644)
    assert the_token("", file) == "correct-horse-battery"
    assert "chmod 600" in caplog.text


@pytest.mark.parametrize("content", [b"", b"short", b"with spaces in between", b"\xff" * 20])
def test_a_file_without_a_token(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SettingsError, match=str(file)):
        the_token("", file)


def test_a_token_that_cannot_be_one() -> None:
    with pytest.raises(SettingsError, match=r"control\.token: a token has 16"):
        the_token("secret", Path("unused"))


def test_a_folder_that_cannot_be_written() -> None:
    with pytest.raises(SettingsError, match=r"set control\.token"):
        the_token("", Path("/proc/ivr/control.token"))


def test_the_file_is_nobody_elses_to_make(tmp_path: Path) -> None:
    """A link that somebody put there beforehand is not followed to make what it points at."""
    os.symlink(tmp_path / "elsewhere", tmp_path / "token")
    with pytest.raises(SettingsError, match="cannot be written"):
        the_token("", tmp_path / "token")
    assert not (tmp_path / "elsewhere").exists()
