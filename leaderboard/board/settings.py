"""board.json: which data a board scores with, and whether submitting needs an account."""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast, get_args

from builders.core import files
from builders.core.errors import RequestError, unknown
from builders.dataset import manifest
from builders.dataset.manifest import Visibility
from builders.folders.siblings import private_folder
from leaderboard.refusals import ConflictError

NAME = "board.json"
SignIn = Literal["open", "required"]


@dataclass(frozen=True)
class Settings:
    """The data folders of a board, as absolute paths, and who may submit.

    Attributes:
        data: public data set folder.
        private: folder of the hidden labels.
        sign_in: `open` takes files of everybody who reaches the board; `required` those of
            accounts that signed in or have a token.
        show_labels: whether labels are shown without a season. It hangs on who can reach the
            pages, so that it is given at every start and not remembered.
    """

    data: Path | None = None
    private: Path | None = None
    sign_in: SignIn = "open"
    show_labels: bool = True

    @staticmethod
    def remembered(folder: Path) -> "Settings":
        """What `folder/board.json` says; empty if there is none.

        Raises:
            RequestError: the file is not what `remember` wrote.
        """
        path = folder / NAME
        if not path.is_file():
            return Settings()
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
            data, private = (
                _found(folder, body[key]) if body.get(key) else None for key in _FOLDERS
            )
            sign_in = _sign_in(body.get("sign_in", "open"))
        except (ValueError, TypeError, AttributeError):
            raise RequestError(
                f"{path} is not the file that the board wrote. Delete it and name the data again."
            ) from None
        return Settings(data, private, sign_in)

    def changed(
        self,
        data: Path | str | None,
        private: Path | str | None,
        sign_in: str | None = None,
        *,
        show_labels: bool | None = None,
    ) -> "Settings":
        """These settings with what is given put in.

        Raises:
            RequestError: a given folder is not a data set, or is of the other kind; `sign_in` is
                neither `open` nor `required`.
        """
        new = self if sign_in is None else replace(self, sign_in=_sign_in(sign_in))
        if show_labels is not None:
            new = replace(new, show_labels=show_labels)
        if data is not None:
            public = _folder(data, "public")
            new = replace(new, data=public)
            private = private_folder(public) if private is None else private
        return new if private is None else replace(new, private=_folder(private, "private"))

    def remember(self, folder: Path) -> None:
        """Write `folder/board.json`, whole or not at all. Data that lie beside the store, or in it,
        are named from there, so that all can be moved together.
        """
        unlike = {k: getattr(self, k) for k in _REMEMBERED if getattr(self, k) != _DEFAULTS[k]}
        body = {k: _kept(folder, v) if k in _FOLDERS else str(v) for k, v in unlike.items()}
        text = json.dumps(body, indent=1) + "\n"
        path = folder / NAME
        known = body or path.is_file()  # an empty folder stays so
        if known and not (path.is_file() and path.read_text(encoding="utf-8") == text):
            files.replace_text(path, text)
            path.chmod(0o600)

    def pair(self) -> tuple[Path, Path]:
        """The public and the private folder.

        Raises:
            RequestError: the board was opened without them.
        """
        if self.data is None or self.private is None:
            raise ConflictError(
                "the board does not know its data yet. Name the public data set folder and the "
                "folder of hidden labels once, with --data and --private."
            )
        return self.data, self.private


_FOLDERS = ("data", "private")
_REMEMBERED = ("data", "private", "sign_in")
_DEFAULTS = vars(Settings())


def _kept(store: Path, data: Path) -> str:
    """A data folder as the file names it."""
    near = store.resolve().parent
    if near == Path(near.anchor) or not data.is_relative_to(near):
        return str(data)
    return os.path.relpath(data, store.resolve())


def _found(store: Path, kept: str) -> Path:
    """Inverse of `_kept`; absolute names stay."""
    return Path(os.path.normpath(store.resolve() / kept))


def _sign_in(given: str) -> SignIn:
    for allowed in get_args(SignIn):
        if given == allowed:
            return cast(SignIn, allowed)
    raise unknown("sign-in", given, get_args(SignIn))


def _folder(given: Path | str, kind: Visibility) -> Path:
    path = Path(given).resolve()
    manifest.check_visibility(manifest.read(path), path, kind)
    return path
