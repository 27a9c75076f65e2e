"""``python -m ivr`` is ``ivr``."""

from .cli import main

main()
