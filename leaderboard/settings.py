"""board.json: which data a board scores with."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from builders import files, manifest
from builders.errors import RequestError

NAME = "board.json"


@dataclass(frozen=True)
class Settings:
    """The data folders of a board, as absolute paths.

    Attributes:
        data: public data set folder.
        private: folder of the hidden labels.
    """

    data: Path | None = None
    private: Path | None = None

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
            named = {key: Path(body[key]) for key in ("data", "private") if body.get(key)}
        except (ValueError, TypeError, AttributeError):
            raise RequestError(
                f"{path} is not the file that the board wrote. Delete it and name the data again."
            ) from None
        return Settings(**named)

    def changed(self, data: Path | str | None, private: Path | str | None) -> "Settings":
        """These settings with the given folders put in.

        Raises:
            RequestError: a given folder is not a data set, or is of the other kind.
        """
        new = self
        if data is not None:
            public = _folder(data, "public")
            new = replace(new, data=public)
            private = private_sibling(public) if private is None else private
        return new if private is None else replace(new, private=_folder(private, "private"))

    def remember(self, folder: Path) -> None:
        """Write `folder/board.json`, whole or not at all."""
        body = {key: str(path) for key, path in vars(self).items() if path is not None}
        text = json.dumps(body, indent=1) + "\n"
        path = folder / NAME
        if body and not (path.is_file() and path.read_text(encoding="utf-8") == text):
            files.replace_text(path, text)

    def pair(self) -> tuple[Path, Path]:
        """The public and the private folder.

        Raises:
            RequestError: the board was opened without them.
        """
        if self.data is None or self.private is None:
            raise RequestError(
                "the board does not know its data yet. Name the public data set folder and the "
                "folder of hidden labels once, with --data and --private."
            )
        return self.data, self.private


def private_sibling(data: Path) -> Path:
    """`<data>-private`, where `build` puts the hidden labels."""
    return data.with_name(f"{data.name}-private")


def public_sibling(private: Path) -> Path | None:
    """The folder without `-private`, if the name ends so and the folder is there."""
    path = private.resolve()
    if not path.name.endswith("-private"):
        return None
    found = path.with_name(path.name.removesuffix("-private"))
    return found if found.is_dir() else None


def _folder(given: Path | str, kind: str) -> Path:
    path = Path(given).resolve()
    visibility = manifest.read(path).visibility
    if visibility != kind:
        raise RequestError(
            f"{path} is a {visibility} data set folder; the {kind} one is needed here."
        )
    return path
