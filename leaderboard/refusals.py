"""Kinds of refusals that a program must tell apart."""

from builders.core.errors import RequestError, WorkError


class ConflictError(RequestError):
    """What is there already, or is closed or not released yet, does not allow it."""


class KnownError(ConflictError):
    """The very submission that is stored already.

    Attributes:
        id: under which it is.
    """

    def __init__(self, words: str, id_: str) -> None:
        super().__init__(words)
        self.id = id_


class TooLargeError(RequestError):
    """A file past a limit of size or count."""


class AwayError(WorkError):
    """A database that does not answer now; it may in a moment."""


class TooSlowError(RequestError):
    """A body that comes too slowly to be waited for."""


class UsedUpError(RequestError):
    """The account, or its address, has asked as often as it may."""


class SignInError(RequestError):
    """Nobody has said who asks, or with a token that is not good."""
