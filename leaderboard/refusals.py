"""Kinds of refusals that a program must tell apart."""

from builders.core.errors import RequestError


class ConflictError(RequestError):
    """What is there already, or is closed or not released yet, does not allow it."""


class TooLargeError(RequestError):
    """A file past a limit of size or count."""


class TooSlowError(RequestError):
    """A body that comes too slowly to be waited for."""


class UsedUpError(RequestError):
    """The account, or its address, has asked as often as it may."""


class SignInError(RequestError):
    """Nobody has said who asks, or with a token that is not good."""
