"""The command line: one file a command.

Exit codes: 0 all is well; 1 something is wrong in a file: settings, flow, prompts, scenario, or
`ivr doctor` found a fault; 2 the command or the machine does not allow it; 130 interrupted.
"""

from __future__ import annotations

import sys

from .app import app
from .output import complain, complain_of

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; a user's mistake is a message, never a traceback."""
    from ..engine.errors import IvrError, LoadError

    try:
        app()
    except LoadError as error:
        complain_of(error.faults)
        sys.exit(1)
    except IvrError as error:
        complain(f"ivr: {error}")
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        complain(f"ivr: {error.filename}: {error.strerror}" if error.filename else f"ivr: {error}")
        sys.exit(2)
    except UnicodeError as error:
        complain(f"ivr: {error}")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
