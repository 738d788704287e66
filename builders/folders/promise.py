"""Whether hidden labels are those that the public folder promised by their salted hash."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from builders.core.column import Column
from builders.core.errors import RequestError
from builders.dataset import manifest, parquet
from builders.dataset.config import config_columns
from builders.dataset.schema import Arrays
from builders.folders import loading


def commitment(salt: str, labels: Sequence[Column], hidden: Mapping[str, Arrays]) -> str:
    """Salted SHA-256 of the hidden labels; without the salt no guess can be tested against it."""
    return _salted(salt, {split: parquet.content_hash(labels, a) for split, a in hidden.items()})


def check_promise(public: Path, private: Path, config: str, *, read: bool = False) -> None:
    """Refuse labels of another build, which may have the same rows and other values.

    Args:
        public: data set folder; without a promise in it there is nothing to check.
        private: folder of hidden labels.
        config: of both.
        read: hash the values themselves, and not only what the private manifest says of them, which
            is held against the files when these are read.

    Raises:
        RequestError: the labels are others.
    """
    promise = manifest.read(public).config(config).commitment
    if promise is not None and _found(private, config, read=read) != promise:
        raise RequestError(
            f"{private}: the labels of {config} are not those that the public manifest promised: "
            f"they are of another build than {public}. Give the folder that was built with it."
        )


def _found(private: Path, config: str, *, read: bool) -> str:
    contents = manifest.read(private)
    salt = contents.config(config).salt or ""
    splits = contents.splits(config)
    if read or any(len(shards) > 1 for shards in splits.values()):
        data = loading.load(private, config)
        return commitment(salt, config_columns(contents, config), data.splits)
    hashes = {split: str(e.content) for split, shards in splits.items() for e in shards.values()}
    return _salted(salt, hashes)


def _salted(salt: str, hashes: Mapping[str, str]) -> str:
    said = [f"{split}:{content}" for split, content in sorted(hashes.items())]
    return hashlib.sha256("|".join([salt, *said]).encode()).hexdigest()
