"""The type of the fixture `door`, which runs the command line."""

from collections.abc import Callable

Door = Callable[..., tuple[int, str, str]]
"""Arguments → exit status, stdout, stderr."""
