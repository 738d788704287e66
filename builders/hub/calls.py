"""Calls to the Hub: tried again when it fails for a moment, refusals put into our words."""

import json
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from builders.core.errors import RequestError, WorkError

Result = TypeVar("Result")
PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds before each further try
_SIGN_IN = "Set HF_TOKEN, or sign in with `hf auth login`, to a token that may write to it."


class HubConflictError(WorkError):
    """What was to be made is there already, or the repository has moved meanwhile."""


def attempt(
    repo: str, action: Callable[[], Result], pauses: Sequence[float] | None = None
) -> Result:
    """Run one call of the Hub's client; wait and try again where the fault may pass.

    Args:
        repo: id ORG/NAME, for messages.
        action: the call. It may run several times.
        pauses: seconds before each further try; `PAUSES` by default.

    Raises:
        RequestError: no such repository or revision, no token, or one without the right.
        HubConflictError: the Hub answers that another state is there (409, 412).
        WorkError: the Hub cannot be reached, or keeps failing.
    """
    for pause in (*(PAUSES if pauses is None else pauses), None):
        try:
            return action()
        except (_transport_error(), OSError, ValueError, RuntimeError) as error:
            if pause is None or not passes(error):
                raise refusal(repo, error) from error
            time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def passes(error: BaseException) -> bool:
    """Whether the same call may succeed a moment later."""
    from huggingface_hub import errors

    status = status_of(error)
    if status is not None:
        return status == 429 or status >= 500
    # Text where JSON was due comes from a gateway in front of the Hub.
    faults = (_transport_error(), json.JSONDecodeError, ConnectionError, TimeoutError)
    stubborn = (errors.OfflineModeIsEnabled, errors.LocalTokenNotFoundError)
    return isinstance(error, faults) and not isinstance(error, stubborn)


def status_of(error: BaseException | None) -> int | None:
    """HTTP status behind an error of the client, if there is one."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def refusal(repo: str, error: Exception) -> RequestError | WorkError:
    """The error of ours that says what the Hub's client meant."""
    from huggingface_hub import errors

    status, said = status_of(error), first_line(error)
    if isinstance(error, errors.LocalTokenNotFoundError):
        return RequestError(f"{repo}: no token for the Hub was found. {_SIGN_IN}")
    if status == 401:
        return RequestError(f"{repo}: the Hub does not accept the token, or got none. {_SIGN_IN}")
    if status == 403:
        return RequestError(f"{repo}: the token may not do this ({said}). {_SIGN_IN}")
    if status in (409, 412):
        return HubConflictError(f"{repo}: the Hub holds another state ({said}).")
    if status == 404:
        return RequestError(f"{repo}: no such data set or revision on the Hub ({said}).")
    if status is not None and status < 500 and status != 429:
        return RequestError(f"{repo}: the Hub refuses the request ({said}).")
    return WorkError(
        f"{repo}: the Hub could not be reached, or failed ({said}). "
        "Run it again later: what has arrived is not sent twice."
    )


def _transport_error() -> type[Exception]:
    """The error of the HTTP library under the client, which is another one from version 2 on."""
    from huggingface_hub import utils

    error: type[Exception] = utils.httpx.HTTPError  # type: ignore[attr-defined]  # lazy, in __all__
    return error


def first_line(error: BaseException) -> str:
    """The first line of an error's message that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".:") if lines else type(error).__name__
