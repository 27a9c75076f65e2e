"""The child that lays out a picture with pygraphviz: DOT in, on its standard input, an image out.

A process of its own, because graphviz is a C library that writes to standard error as it likes, and
crashes where one process draws many pictures with unusual letters.
"""

from __future__ import annotations

import sys

import pygraphviz


def main() -> None:
    """The only argument is the format: svg or png."""
    source = sys.stdin.buffer.read().decode()
    image = pygraphviz.AGraph(string=source).draw(format=sys.argv[1], prog="dot")
    sys.stdout.buffer.write(image)


if __name__ == "__main__":
    main()
