"""Make the model anew, with more words: seconds, and no training.

    python -m tools.tiny_model.export [--words FILE] OUT

OUT is a folder that does not exist yet.  FILE has words of small letters, which white space parts;
their pronunciations are espeak-ng's.  What the network of the model has learnt stays as it is.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from ivr.speech.vosk_model import EMBEDDED

from .graph import ToolsMissing, write_graph
from .lexicon import WORDS, pronounce, read_words

MODEL = EMBEDDED["en"]


def export(out: Path, further: Path | None = None, network: Path = MODEL) -> int:
    """Write a model as *out*; how many words it knows.

    *network* is the model whose network and settings it has.  Raises `ValueError`, `OSError`,
    `ToolsMissing` and `subprocess.CalledProcessError`.
    """
    if out.exists():
        raise ValueError(f"{out} exists already; name a folder that does not")
    lexicon = pronounce([*read_words(WORDS), *(read_words(further) if further else [])])
    out.mkdir(parents=True)
    write_graph(lexicon, out / "graph")
    for part in ("am", "conf"):
        shutil.copytree(network / part, out / part)
    return len(lexicon)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.tiny_model.export", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--words", type=Path, help="file with more words")
    parser.add_argument("out", type=Path, help="folder to make")
    asked = parser.parse_args()
    try:
        count = export(asked.out, asked.words)
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error.cmd[0]}: {error.stderr.decode(errors='replace').strip()}")
    except (ToolsMissing, ValueError, OSError) as error:
        sys.exit(str(error))
    print(f"{asked.out}: {count} words")


if __name__ == "__main__":
    main()
