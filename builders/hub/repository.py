"""A data-set repository on the Hub as it stands: head, visibility, files, tags."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from builders.core.errors import RequestError
from builders.hub.calls import HubConflictError, attempt

if TYPE_CHECKING:
    from huggingface_hub import HfApi

KIND = "dataset"


@dataclass(frozen=True)
class RemoteFile:
    """A file on the Hub: size, and SHA-256 where it is a large file, else git's blob id."""

    bytes: int
    sha256: str | None
    blob: str

    def equals(self, path: Path, sha256: str) -> bool:
        """Whether it holds the bytes of a file here, whose SHA-256 is given."""
        if self.bytes != path.stat().st_size:
            return False
        return self.sha256 == sha256 if self.sha256 else self.blob == git_blob(path)


@dataclass(frozen=True)
class Remote:
    """The head of a repository.

    Attributes:
        repo: id ORG/NAME.
        head: commit of `main`; None where there is no such repository, or none that may be seen.
        private: whether only its organisation sees it.
        files: path → file at the head.
        tags: tag → commit.
        branches: names of the branches.
    """

    repo: str
    head: str | None = None
    private: bool = False
    files: dict[str, RemoteFile] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    branches: tuple[str, ...] = ()


def look(api: "HfApi", repo: str, pauses: Sequence[float] | None = None) -> Remote:
    """Read the state of a repository.

    Args:
        api: client of the Hub.
        repo: id ORG/NAME.
        pauses: as in `attempt`.

    Raises:
        RequestError: the token is refused.
        WorkError: the Hub cannot be reached.
    """
    from huggingface_hub import errors

    def info() -> tuple[str, bool] | None:
        try:
            dataset_info = api.dataset_info(repo)
        except errors.RepositoryNotFoundError:
            return None
        # A visibility that is not told counts as public.
        return str(dataset_info.sha), dataset_info.private is True

    known = attempt(repo, info, pauses)
    if known is None:
        return Remote(repo)
    head, private = known
    files = attempt(repo, lambda: _files(api, repo, head), pauses)
    refs = attempt(repo, lambda: api.list_repo_refs(repo, repo_type=KIND), pauses)
    tags = {ref.name: ref.target_commit for ref in refs.tags}
    return Remote(repo, head, private, files, tags, tuple(ref.name for ref in refs.branches))


def create(api: "HfApi", repo: str, *, private: bool) -> Remote:
    """Make a repository and look at it.

    Raises:
        RequestError: no right to make it, or it is there and may not be seen.
        WorkError: the Hub cannot be reached.
    """
    # It may be there: the answer to an earlier try may have been lost. The look below decides.
    with suppress(HubConflictError):
        attempt(repo, lambda: api.create_repo(repo, repo_type=KIND, private=private))
    remote = look(api, repo)
    if remote.head is None:
        raise RequestError(f"{repo} exists on the Hub and this token cannot see it.")
    return remote


def git_blob(path: Path) -> str:
    """Git's name of a file's bytes."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def _files(api: "HfApi", repo: str, head: str) -> dict[str, RemoteFile]:
    from huggingface_hub.hf_api import RepoFile

    entries = api.list_repo_tree(repo, recursive=True, revision=head, repo_type=KIND)
    return {
        entry.path: RemoteFile(entry.size, entry.lfs.sha256 if entry.lfs else None, entry.blob_id)
        for entry in entries
        if isinstance(entry, RepoFile)
    }
