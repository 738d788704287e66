"""Who a signed-in visitor is to the board."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from builders.core.errors import RequestError

LONGEST = 200  # characters of an account in the store

SIGN_IN_OFF = (
    "Nobody has to sign in here: all visitors submit as one account, and share its limits. A "
    "public board should require sign-in."
)


def account(claims: Mapping[str, Any]) -> str:
    """The account that limits are counted by: issuer and subject of the identity token.

    OpenID Connect promises that this pair is unique and never given to somebody else; names and
    mail addresses are neither, and the decision log, which shows accounts, is public.

    Args:
        claims: of the identity token.

    Raises:
        RequestError: the token lacks one of the two, or they are too long.

    >>> account({"iss": "https://huggingface.co", "sub": "6f1a"})
    'huggingface.co/6f1a'
    """
    issuer, subject = (str(claims.get(name) or "") for name in ("iss", "sub"))
    if not issuer or not subject:
        raise RequestError(
            "the identity provider did not say who you are: its token has no `iss` or no `sub`. "
            "Sign in by another provider."
        )
    parts = urlsplit(issuer)
    name = f"{parts.netloc}{parts.path.rstrip('/')}/{subject}" if parts.netloc else issuer + subject
    if len(name) > LONGEST or not name.isprintable():
        raise RequestError(
            f"the account that the identity provider gives has {len(name)} characters; at most "
            f"{LONGEST} printable ones can be kept. Sign in by another provider."
        )
    return name


def shown_name(claims: Mapping[str, Any]) -> str:
    """What to call the visitor, plain text."""
    names = (claims.get(key) for key in ("preferred_username", "name", "email", "sub"))
    return next((str(name) for name in names if name), "somebody")
