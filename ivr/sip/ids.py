"""What calls are called.  Without the SIP stack, for those who have none."""

from __future__ import annotations

import secrets
import time


def new_call_id() -> str:
    """Unique across processes and days, sortable, and fit for a file name."""
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(5)}"
