"""Functions of the project's own: in files beside its flows, or in modules that are installed."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from .job import Failed, Order, TooSlow


class Python:
    """The job ``python``.  Modules are read once; *folders* are looked through first."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._modules: dict[str, ModuleType] = {}
        self._lock = threading.Lock()

    def __call__(self, order: Order, seconds: float) -> Any:
        """See the verb `python`.  Raises `Failed`, `TooSlow`, and what the function raises."""
        found = self._function(order["function"])(**order["arguments"])
        if not inspect.isawaitable(found):
            return found
        try:
            return asyncio.run(_within(found, seconds))
        except TimeoutError:
            raise TooSlow from None

    def _function(self, name: str) -> Callable[..., Any]:
        module, _, function = name.partition(":")
        with self._lock:
            if module not in self._modules:
                self._modules[module] = self._read(module)
        found = getattr(self._modules[module], function, None)
        if not callable(found):
            raise Failed(f"{module} has no function {function}")
        return found  # type: ignore[no-any-return]

    def _read(self, name: str) -> ModuleType:
        for folder in self._folders:
            file = folder / f"{name}.py"
            if file.is_file():
                return _run(f"ivr_beside_{name}", file)
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name.partition(".")[0] and error.name != name:
                raise
            raise Failed(f"no file {name}.py beside the flows, and no module {name}") from None


async def _within(found: Any, seconds: float) -> Any:
    async with asyncio.timeout(seconds):
        return await found


def _run(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
