"""A make-believe service for tests and for looking at the screens: the whole HTTP contract, in memory.

    python -m gui.api.fake --home look --payments 100000

It is a real HTTP server on 127.0.0.1 and writes a real connection file, so the tray cannot tell the difference; but
it proves nothing, stores nothing, and its frame shop is fictional.
"""

from gui.api.fake.server import FakeDaemon
from gui.api.fake.world import World

__all__ = ["FakeDaemon", "World"]
