"""The settings: one typed object out of ``ivr.yaml`` and the environment.

The environment wins: ``IVR_SIP__PORT=5070`` is ``sip: {port: 5070}``.  Relative paths start
at the folder of the settings file.
"""

from .load import describe, load_settings
from .settings import Settings

__all__ = ["Settings", "describe", "load_settings"]
