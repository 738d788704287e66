"""Files that visitors send to the pages, which Streamlit takes before a page of ours is asked.

Its path for uploads answers everybody who has a page open, and holds the bytes in memory until the
session ends. So a session may send files only once the page *Submit* has shown it the box for one,
which it does after sign-in where the board asks for that; and what all sessions hold is bounded.
"""

from collections import OrderedDict
from threading import BoundedSemaphore, Lock

MAX_UPLOAD_MB = 128  # larger files come by `qslbench submit`, which keeps them on the disk
MAX_SESSION_BYTES = (MAX_UPLOAD_MB + 2) * 2**20  # a file and its metadata
MAX_HELD_BYTES = 4 * MAX_SESSION_BYTES
_MOST = 10_000

WORKING = BoundedSemaphore(2)
"""Held while a file is read and scored, which may take two gigabytes."""


class Grants:
    """The sessions that were shown the box for a file; the oldest are forgotten."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def allow(self, session: str) -> None:
        """Let a session send files."""
        with self._lock:
            self._sessions[session] = None
            self._sessions.move_to_end(session)
            while len(self._sessions) > _MOST:
                self._sessions.popitem(last=False)

    def withdraw(self, session: str) -> None:
        """Take no more files of a session."""
        with self._lock:
            self._sessions.pop(session, None)

    def __contains__(self, session: str) -> bool:
        with self._lock:
            return session in self._sessions


GRANTS = Grants()
"""Of this process."""
