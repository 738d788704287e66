"""What a publish would change in a repository: files added, changed and deleted, and the tag."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from builders.cards import card, croissant, documents
from builders.core.errors import RequestError
from builders.dataset import index, manifest
from builders.hub.repository import Remote
from builders.publishing.upload import Upload

DOCUMENTS = (card.NAME, croissant.NAME, documents.BASELINES, index.NAME, manifest.NAME)
_TAG = re.compile(r"[A-Za-z0-9][\w.-]{0,63}")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class PublishPlan:
    """The difference between a folder and a repository.

    Attributes:
        repo: id ORG/NAME.
        private: whether the repository is, or will be, private.
        create: whether it has to be made.
        added: path → bytes, files that the repository lacks.
        changed: path → bytes here, files with other bytes there.
        deleted: path → bytes there, data files and documents that the folder does not have.
        unchanged: number of files that are there already.
        tag: tag to set, None where it is set already or not asked for.
    """

    repo: str
    private: bool
    create: bool
    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0
    tag: str | None = None

    @property
    def moves_head(self) -> bool:
        """Whether a commit is needed."""
        return bool(self.added or self.changed or self.deleted)

    @property
    def sent_bytes(self) -> int:
        """Bytes of the files to send."""
        return sum(self.added.values()) + sum(self.changed.values())

    def to_json(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {
            "repo": self.repo,
            "visibility": "private" if self.private else "public",
            "create": self.create,
            "added": self.added,
            "changed": self.changed,
            "deleted": self.deleted,
            "unchanged": self.unchanged,
            "bytes": self.sent_bytes,
            "tag": self.tag,
        }

    def lines(self) -> list[str]:
        """The plan for people, one line a file."""
        kind = "private" if self.private else "public"
        out = [f"{self.repo} ({kind}{', to be created' if self.create else ''})"]
        for mark, files in (("+", self.added), ("~", self.changed), ("-", self.deleted)):
            out += [f"  {mark} {path}  {size:,} bytes" for path, size in files.items()]
        out.append(
            f"  {len(self.added)} to add, {len(self.changed)} to change, {len(self.deleted)} to "
            f"delete, {self.unchanged} unchanged; {self.sent_bytes:,} bytes to send"
        )
        return [*out, *([f"  tag {self.tag}"] if self.tag else [])]


def make_plan(upload: Upload, remote: Remote, tag: str | None = None) -> PublishPlan:
    """Compare a checked folder with a repository.

    Files that the repository has and that are neither data nor documents of ours, such as
    `.gitattributes`, stay.

    Raises:
        RequestError: the tag is set on another commit, or is no name for a tag.
    """
    added, changed = {}, {}
    for path, sha256 in upload.files.items():
        there, here = remote.files.get(path), upload.folder / path
        if there is None:
            added[path] = here.stat().st_size
        elif not there.equals(here, sha256):
            changed[path] = here.stat().st_size
    ours = {p for p in remote.files if p in DOCUMENTS or p.startswith("data/")}
    plan = PublishPlan(
        remote.repo,
        upload.private if remote.head is None else remote.private,
        remote.head is None,
        added,
        changed,
        {path: remote.files[path].bytes for path in sorted(ours - upload.files.keys())},
        len(upload.files) - len(added) - len(changed),
        tag if tag not in remote.tags else None,
    )
    if tag is not None:
        _check_tag(tag, remote, plan)
    return plan


def check_tag_name(tag: str) -> None:
    """Refuse what cannot be a tag, or would be taken for a branch or a commit.

    Raises:
        RequestError: such a name.
    """
    if not _TAG.fullmatch(tag) or _COMMIT.fullmatch(tag) or tag == "main":
        raise RequestError(
            f"revision {tag!r}: a tag has up to 64 letters, digits, '.', '-' or '_', begins with "
            "a letter or digit, and is neither a commit nor 'main'. Give one such as v1."
        )


def _check_tag(tag: str, remote: Remote, plan: PublishPlan) -> None:
    check_tag_name(tag)
    if tag in remote.branches:
        raise RequestError(f"{remote.repo} has a branch {tag!r}. Give another name for the tag.")
    old = remote.tags.get(tag)
    if old is not None and (plan.moves_head or old != remote.head):
        differs = _count(plan.added, plan.changed, plan.deleted)
        raise RequestError(
            f"{remote.repo}: tag {tag!r} is on commit {old[:12]}, and this folder would make "
            f"another ({differs} files differ from the head {str(remote.head)[:12]}). Published "
            "data never change: choose a new tag."
        )


def _count(*groups: Mapping[str, int]) -> int:
    return sum(len(group) for group in groups)
