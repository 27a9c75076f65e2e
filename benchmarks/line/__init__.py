"""What callers of a SIP server hear, and what it costs: real calls, real RTP both ways.

Any server on this machine can be measured that does the two jobs of `Plan`.  Neither it nor the
caller is believed: every figure comes from the packets that the kernel saw, with its time stamps.
"""

from .figures import Figures, analyze
from .plan import Job, Plan
from .processes import Target, Use, Watch
from .prompts import write_prompts
from .run import Run, measure

__all__ = [
    "Figures",
    "Job",
    "Plan",
    "Run",
    "Target",
    "Use",
    "Watch",
    "analyze",
    "measure",
    "write_prompts",
]
