"""Who may import whom.  The arrows point one way; this file is the arrows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "ivr"
EDGES = ("sip", "speech", "store", "web", "work")
# They see everything.
WIRING = (
    "worker",
    "fleet",
    "project",
    "testing/plugin.py",  # a command of pytest
    "records",
    "outside",
    "dialling",
    "listening",
    "phoning",
    "prompting",
    "cli",
    "__init__",
    "__main__",
)
MAY_IMPORT: dict[str, set[str]] = {  # a package or module, and those below it
    "engine": set(),
    "routes": {"engine"},
    "guard": {"engine"},
    "tally": {"engine"},
    "logs": set(),
    "config": {"engine", "flowfile"},  # ivr.yaml is read with the places of its lines, as flows are
    "flowfile": {"engine"},
    "testing": {"engine", "flowfile", "guard"},  # simulated calls are guarded as others are
    "inspect": {"engine", "flowfile", "testing"},
    "phone_screen": {"engine", "testing", "inspect"},
    **{edge: {"engine"} for edge in EDGES},
}
# What the engine may use: nothing here knows the time, waits, rolls dice or opens a file.
PURE = {
    "__future__",
    "babel",
    "bisect",
    "collections",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "functools",
    "hmac",
    "html",
    "holidays",
    "inspect",
    "jinja2",
    "jmespath",
    "num2words",
    "phonenumbers",
    "re",
    "stdnum",
    "transitions",
    "types",
    "typing",
    "unicodedata",
    "xml",  # to read: expat, which opens nothing
    "zoneinfo",
}
FILES = sorted(ROOT.rglob("*.py"))


def layer(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every module that *path* imports, wherever in the file, by its full name."""
    package = path.relative_to(ROOT.parent).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = [*above, *(node.module or "").split(".")]
            module = ".".join(part for part in base if part)
            # `from . import x` imports ivr.x; `from .x import y` imports ivr.x.
            yield from (f"{module}.{alias.name}" for alias in node.names)


def layers_used(path: Path) -> set[str]:
    found = {name.split(".")[1] for name in imports(path) if name.startswith("ivr.")}
    return {name for name in found if (ROOT / name).is_dir() or (ROOT / f"{name}.py").exists()}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize(
    "path", [p for p in FILES if not {layer(p), name_of(p)} & {*WIRING}], ids=name_of
)
def test_imports_point_inwards(path: Path) -> None:
    own = layer(path)
    assert own in MAY_IMPORT, f"say in MAY_IMPORT where {own!r} stands"
    assert layers_used(path) <= MAY_IMPORT[own] | {own}


@pytest.mark.parametrize("path", [p for p in FILES if layer(p) == "engine"], ids=name_of)
def test_the_engine_is_pure(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(path)} - {"ivr"}
    allowed = PURE | ({"logging"} if path.name == "flow.py" else set())  # to silence transitions
    assert used <= allowed


@pytest.mark.parametrize("path", [p for p in FILES if layer(p) != "sip"], ids=name_of)
def test_pjsua2_is_imported_by_the_sip_edge_only(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] in ("pjsua2", "_pjsua2")}


def test_relative_imports_are_followed(tmp_path: Path) -> None:
    """The test of the test: each spelling of an import is seen as what it is."""
    engine = ROOT / "engine" / "verbs" / "say.py"
    assert "ivr.engine.call.Call" in set(imports(engine))
    package = ROOT / "engine" / "verbs" / "__init__.py"
    assert "ivr.engine.verbs.say.say" in set(imports(package))
    assert layers_used(engine) == {"engine"}
