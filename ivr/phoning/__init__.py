"""Stories told of a real server, by a real call: ``ivr test --sip``.

How it works.  A story is first rehearsed with a simulated call, as the flow would go now; that
tells word for word what is to be heard at each step.  Then our own caller (`sip/caller.py`) calls,
and each prompt, rendered here, is looked for in the sound that comes.
"""

from .run import run

__all__ = ["run"]
