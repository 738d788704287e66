"""Heads of the decision log: what a reader notes, to see later that nothing before it was changed.

Whoever can write to the database can compute the whole chain anew, or cut its end. The number and
hash of an entry, kept anywhere else, show both. The store keeps the last one in a file beside the
predictions; `qslbench season head` exports one, signed by the board where a key is given.
"""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from builders.core import files
from builders.core.errors import RequestError, WorkError, counted

NAME = "log-head.json"
_KEY_BYTES = 32


@dataclass(frozen=True)
class LogHead:
    """One entry of the log, as others note it.

    Attributes:
        number: of the entry; 0 for an empty log.
        sha256: its hash.
        created: when it was written, UTC.
    """

    number: int
    sha256: str
    created: str

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return asdict(self)

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> "LogHead":
        """What `to_json` wrote; further keys do not matter.

        Raises:
            ValueError, KeyError, TypeError: it is none.
        """
        return LogHead(int(body["number"]), str(body["sha256"]), str(body["created"]))

    def text(self) -> bytes:
        """What is signed."""
        return json.dumps(self.to_json(), sort_keys=True).encode()


def remembered(folder: Path) -> LogHead | None:
    """The head that the store's folder holds; None where there is none that can be read."""
    try:
        return LogHead.from_json(json.loads((folder / NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(folder: Path, head: LogHead) -> None:
    """Keep a head in the store's folder; a disk that is full does not matter, as an older one, too,
    lies in the log.
    """
    staged = files.temporary(folder / NAME)
    try:
        staged.write_text(json.dumps(head.to_json()) + "\n", encoding="utf-8")
        staged.chmod(0o600)
        staged.replace(folder / NAME)
    except OSError:
        staged.unlink(missing_ok=True)


def refuse_other(noted: LogHead, sha256: str | None, length: int, where: str) -> None:
    """Say what happened to a log that does not hold a head.

    Args:
        noted: the head.
        sha256: hash of the entry of that number now; None if there is none.
        length: of the log now.
        where: what holds the head, for the message.

    Raises:
        WorkError: the log was cut, or written anew.
    """
    if sha256 == noted.sha256:
        return
    what = (
        f"it has {length} entries now: its end was cut"
        if sha256 is None
        else f"entry {noted.number} is another one now: it was written anew"
    )
    raise WorkError(
        f"the decision log is not the one of which {where} holds entry {noted.number} of "
        f"{noted.created}: {what}."
    )


def signed(head: LogHead, key: Path) -> dict[str, Any]:
    """A head with the board's signature (Ed25519) and public key.

    Args:
        head: of the log.
        key: file of the secret key, made if it is not there.

    Raises:
        RequestError: the file is no key, or the package `cryptography` is not installed.
    """
    ed25519 = _ed25519()
    if not key.exists():
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(os.urandom(_KEY_BYTES))
    secret = key.read_bytes()
    if len(secret) != _KEY_BYTES:
        raise RequestError(
            f"{key} is no key: {counted(len(secret), 'byte')}, {_KEY_BYTES} are needed."
        )
    private = ed25519.Ed25519PrivateKey.from_private_bytes(secret)
    return head.to_json() | {
        "public_key": _text(private.public_key().public_bytes_raw()),
        "signature": _text(private.sign(head.text())),
    }


def read(path: Path, public_key: str | None = None) -> LogHead:
    """A head from a file that `season head` made, its signature checked where it has one.

    Args:
        path: of the file.
        public_key: that must have signed it; None takes any, and none.

    Raises:
        RequestError: no such file, no head, or not signed by that key.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        head = LogHead.from_json(body)
        key, signature = body.get("public_key"), body.get("signature")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise RequestError(f"{path} is no head of a log. Give one of `season head`.") from None
    if public_key is not None and key != public_key:
        raise RequestError(f"{path} is not signed by the key {public_key}.")
    if key is not None:
        _check_signature(path, head, key, signature)
    return head


def _check_signature(path: Path, head: LogHead, key: Any, signature: Any) -> None:
    from cryptography.exceptions import InvalidSignature

    try:
        known = _ed25519().Ed25519PublicKey.from_public_bytes(base64.b64decode(key))
        known.verify(base64.b64decode(signature), head.text())
    except (InvalidSignature, ValueError, TypeError):
        raise RequestError(f"{path}: its signature is not that of its key.") from None


def _ed25519() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise RequestError(
            "signatures need the package cryptography. Run: pip install 'qslbench[app]'"
        ) from None
    return ed25519


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
