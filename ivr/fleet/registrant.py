"""Which worker keeps the registrations: one at a time, though any of them may take the calls.

The registrars know the front, not the workers.  Two that registered would do each other no harm,
but would tell contradicting things; and one that ends must not take back what another one keeps.
"""

from __future__ import annotations

from collections.abc import Sequence


class Registrant:
    """`life` is the name of the worker; empty: none yet."""

    life = ""

    def choose(self, serving: Sequence[str]) -> tuple[str, str]:
        """Whom to tell, now that these lives take calls: who is to leave the registrations as they
        are, and who is to keep them; empty: nobody.

        Whoever keeps them goes on as long as he serves.
        """
        if self.life in serving:
            return "", ""
        leaving, self.life = self.life, serving[0] if serving else ""
        return leaving, self.life
