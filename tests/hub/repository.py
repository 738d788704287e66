"""The Hub's repositories in memory: commits, branches, tags, pull requests."""

import hashlib
import itertools
from dataclasses import dataclass, field

MAIN = "main"


class HubError(Exception):
    """A refusal: HTTP status, value of `X-Error-Code` and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Entry:
    """One file of a commit; `lfs` files are stored by their SHA-256, others as git blobs."""

    sha256: str
    size: int
    oid: str
    lfs: bool

    @classmethod
    def regular(cls, data: bytes) -> "Entry":
        return cls(hashlib.sha256(data).hexdigest(), len(data), git_oid(data), False)

    @classmethod
    def large(cls, sha256: str, size: int) -> "Entry":
        return cls(sha256, size, git_oid(pointer(sha256, size)), True)


@dataclass(frozen=True)
class Commit:
    """A state of all files; `number` orders the commits of the server."""

    id: str
    parent: str | None
    title: str
    files: dict[str, Entry]
    number: int


@dataclass
class PullRequest:
    """A branch `refs/pr/NUM` with a title; `status` is open, closed or merged."""

    num: int
    title: str
    author: str
    base: str
    status: str = "open"
    merged_as: str | None = None
    comments: list[str] = field(default_factory=list)


@dataclass
class Repository:
    """One data-set repository."""

    id: str
    private: bool
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, PullRequest] = field(default_factory=dict)

    def resolve(self, revision: str) -> Commit:
        """The commit of a branch, tag, pull request or commit id."""
        name = self.branches.get(revision) or self.tags.get(revision) or revision
        if name not in self.commits:
            raise HubError(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return self.commits[name]

    def commit(
        self, branch: str, title: str, files: dict[str, Entry], parent: str | None = None
    ) -> Commit:
        """Put a new state of all files on a branch; `parent` must be its head, where given."""
        head = self.branches.get(branch)
        if parent is not None and parent != head:
            raise HubError(412, "PreconditionFailed", f"{branch} is at {head}, not at {parent}")
        number = len(self.commits)
        text = f"{self.id}|{head}|{title}|{number}|{sorted(files.items())}"
        made = Commit(hashlib.sha1(text.encode()).hexdigest(), head, title, dict(files), number)
        self.commits[made.id] = made
        self.branches[branch] = made.id
        return made

    def open_pull(self, title: str, author: str) -> PullRequest:
        """A new pull request whose branch starts at the head of main."""
        num = next(n for n in itertools.count(1) if n not in self.pulls)
        self.pulls[num] = PullRequest(num, title, author, self.branches[MAIN])
        self.branches[f"refs/pr/{num}"] = self.branches[MAIN]
        return self.pulls[num]

    def merge(self, num: int) -> None:
        """Bring the changes of a pull request onto main."""
        pull = self.pulls[num]
        if pull.status != "open":
            raise HubError(409, "Conflict", f"pull request {num} is {pull.status}")
        base, head = (self.commits[x].files for x in (pull.base, self.branches[f"refs/pr/{num}"]))
        files = dict(self.resolve(MAIN).files)
        for path in {*base, *head}:
            if base.get(path) != head.get(path):
                files.pop(path, None)
                files.update({path: head[path]} if path in head else {})
        pull.status, pull.merged_as = "merged", self.commit(MAIN, pull.title, files).id

    def history(self, revision: str) -> list[Commit]:
        """The commit of a revision and its ancestors, newest first."""
        found = [self.resolve(revision)]
        while found[-1].parent is not None:
            found.append(self.commits[found[-1].parent])
        return found


def git_oid(data: bytes) -> str:
    """Git's name of a blob."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def pointer(sha256: str, size: int) -> bytes:
    """The text that git holds in place of a large file."""
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
    return text.encode()
