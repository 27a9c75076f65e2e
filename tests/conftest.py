from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# How long an example takes on a busy machine says nothing.  CI takes the same ones each time.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_finish() -> None:
    """What the tests are made of lives as long as they do: it is not looked through for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def the_log_is_as_before() -> Iterator[None]:
    """A command that sets up the log of its process does so within a test here."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
