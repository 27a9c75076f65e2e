import os

from hypothesis import settings

# How long an example takes on a busy machine says nothing.  CI takes the same ones each time.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
