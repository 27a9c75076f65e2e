"""The folder of a vosk model: what is in it, without loading it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EMBEDDED = {"en": Path(__file__).with_name("models") / "en"}
"""What comes along, by language."""
NEEDED = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/words.txt")
# Models with one large graph instead of these two recognise, but take no grammar, and say nothing.
GRAMMAR = ("graph/HCLr.fst", "graph/Gr.fst")
USUAL_RATE = 16000  # of a model that does not say


def fault(model: Path) -> str:
    """Why *model* is of no use; empty: it looks like one."""
    if not model.is_dir():
        return f"{model} is no folder; expected that of a vosk model, unpacked"
    for name in (*NEEDED, *GRAMMAR):
        if not (model / name).is_file():
            why = "; a model that takes no grammar is of no use here" if name in GRAMMAR else ""
            return f"{model}: there is no {name} in it{why}"
    return ""


def words(model: Path) -> frozenset[str]:
    """The words that it knows; one in angle or square brackets is none."""
    lines = (model / "graph/words.txt").read_text(encoding="utf-8").splitlines()
    found = (line.partition(" ")[0] for line in lines)
    return frozenset(word for word in found if word[:1] not in ("<", "[", "#", ""))


@contextmanager
def fit_for(rate: int, model: Path) -> Iterator[Path]:
    """*model* as vosk will take sound of *rate* hertz: a model for a higher rate has to allow it.

    Where it does not, this is a folder that points at the model and has a setting more.
    """
    options = (model / "conf/mfcc.conf").read_text(encoding="utf-8").split()
    rates = [each.partition("=")[2] for each in options if each.startswith("--sample-frequency=")]
    if float(rates[-1] if rates else USUAL_RATE) <= rate or "--allow-upsample=true" in options:
        yield model
        return
    with tempfile.TemporaryDirectory(prefix="ivr-model-") as folder:
        beside = Path(folder)
        for part in model.iterdir():
            if part.name != "conf":
                (beside / part.name).symlink_to(part.resolve())
        (beside / "conf").mkdir()
        for part in (model / "conf").iterdir():
            text = part.read_text(encoding="utf-8")
            more = "\n--allow-upsample=true\n" if part.name == "mfcc.conf" else ""
            (beside / "conf" / part.name).write_text(text + more, encoding="utf-8")
        yield beside
