"""Bring data set folders to the Hub: look, plan, send one commit, tag."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders.core import files
from builders.core.errors import RequestError, WorkError, counted
from builders.core.names import check_repo
from builders.folders.siblings import private_folder
from builders.hub import repository as hub_repo
from builders.hub.calls import HubConflictError, attempt
from builders.hub.repository import KIND, Remote
from builders.publishing.plan import PublishPlan, check_tag_name, make_plan
from builders.publishing.upload import Upload, private_upload, public_upload

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, HfApi

Say = Callable[[str], object]


@dataclass(frozen=True)
class PublishOutcome:
    """One repository after a publish, or as it would be after it.

    Attributes:
        plan: what was, or would be, done.
        commit: the head afterwards; None in a dry run of a repository that is not there.
        sent: whether anything was changed on the Hub.
    """

    plan: PublishPlan
    commit: str | None
    sent: bool

    def to_json(self) -> dict[str, Any]:
        """The outcome as plain values."""
        return {**self.plan.to_json(), "commit": self.commit, "sent": self.sent}


def publish(
    public: Path,
    repo: str,
    *,
    private: Path | None = None,
    private_repo: str | None = None,
    tag: str | None = None,
    dry_run: bool = False,
    api: "HfApi | None" = None,
    say: Say = lambda _line: None,
) -> list[PublishOutcome]:
    """Make a repository equal to a data set folder, and tag it; the labels go first, if they go.

    Everything is checked before anything is sent. A repository gets one commit, or none where
    nothing has changed, made on the head that was looked at. What a cut run has sent is not sent
    again.

    Args:
        public: data set folder.
        repo: id ORG/NAME of its repository, made public if it is not there.
        private: folder of the hidden labels; None for `private_folder(public)`.
        private_repo: id of a private repository for that folder; None leaves it here.
        tag: tag for the commit.
        dry_run: only look and plan; where the Hub cannot be reached, as if nothing were there.
        api: client of the Hub; by default one with the endpoint and token of the environment.
        say: told what happens, a line at a time.

    Returns:
        One entry a repository, the public one first.

    Raises:
        RequestError: a folder that is not sound or shows a hidden label, a label repository that
            is public, a tag that is set on another commit, a token that is missing or refused.
        WorkError: the Hub cannot be reached, or another writer was at work.
    """
    _check_names(repo, private_repo, tag)
    api = _client() if api is None else api
    private = private_folder(public) if private is None else private
    with _held(public, private):
        say(f"checking {public}")
        uploads = _uploads(public, private, repo, private_repo)
        remotes = {name: _looked_at(api, name, dry_run, say) for name in uploads}
        plans = {name: _plan(uploads[name], remotes[name], tag) for name in uploads}
        if dry_run:
            return [PublishOutcome(plan, remotes[name].head, False) for name, plan in plans.items()]
        # Labels first: if that fails, no public data stand without them.
        done = {
            name: _send(api, uploads[name], remotes[name], plans[name], say)
            for name in reversed(plans)
        }
    return [done[name] for name in plans]


def _looked_at(api: "HfApi", repo: str, dry_run: bool, say: Say) -> Remote:
    if not dry_run:
        return hub_repo.look(api, repo)
    try:
        # Once: who only looks need not wait until the Hub is there again.
        return hub_repo.look(api, repo, pauses=())
    except WorkError as error:
        say(f"{error}\nWithout the Hub the plan is that of a new repository.")
        return Remote(repo)


def _client() -> "HfApi":
    from huggingface_hub import HfApi

    return HfApi(library_name="qslbench")


def _check_names(repo: str, private_repo: str | None, tag: str | None) -> None:
    for name in (repo, private_repo):
        if name is not None:
            check_repo(name)
    if repo == private_repo:
        raise RequestError(f"--repo and --private-repo are both {repo}: labels need their own.")
    if tag is not None:
        check_tag_name(tag)


@contextmanager
def _held(public: Path, private: Path) -> Iterator[None]:
    """Keep `build` from writing while the folders are read."""
    with ExitStack() as stack:
        # A folder that is given twice is refused later; locked twice it would wait for itself.
        for path in {public.resolve(), private.resolve()}:
            if path.is_dir():
                stack.enter_context(files.locked(path))
        yield


def _uploads(public: Path, private: Path, repo: str, private_repo: str | None) -> dict[str, Upload]:
    uploads = {repo: public_upload(public, private)}
    if private_repo is not None:
        uploads[private_repo] = private_upload(private)
    return uploads


def _plan(upload: Upload, remote: Remote, tag: str | None) -> PublishPlan:
    if upload.private:
        _refuse_public(remote)
    return make_plan(upload, remote, tag)


def _refuse_public(remote: Remote) -> None:
    if remote.head is not None and not remote.private:
        raise RequestError(
            f"{remote.repo} is public, and hidden labels go to a private repository alone. "
            "Nothing was sent. Make it private in its settings, or give another."
        )


def _send(
    api: "HfApi", upload: Upload, remote: Remote, plan: PublishPlan, say: Say
) -> PublishOutcome:
    if plan.create:
        say(f"creating {plan.repo}")
        remote = hub_repo.create(api, plan.repo, private=upload.private)
        _plan(upload, remote, None)
    head = str(remote.head)
    if plan.moves_head:
        count = len(plan.added) + len(plan.changed)
        say(f"sending {counted(count, 'file')}, {plan.sent_bytes:,} bytes, to {plan.repo}")
        head = _commit(api, upload, remote, plan)
    else:
        say(f"{plan.repo} has these files already")
    if plan.tag is not None:
        _tag(api, plan.repo, plan.tag, head)
        say(f"{plan.repo}: tag {plan.tag} on {head[:12]}")
    return PublishOutcome(plan, head, plan.moves_head or plan.create or plan.tag is not None)


def _commit(api: "HfApi", upload: Upload, remote: Remote, plan: PublishPlan) -> str:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    additions = [
        CommitOperationAdd(path, str(upload.folder / path)) for path in (*plan.added, *plan.changed)
    ]
    attempt(plan.repo, lambda: api.preupload_lfs_files(
        plan.repo, additions, repo_type=KIND, free_memory=False
    ))  # fmt: skip
    _check_sent(upload, additions)
    operations: list[CommitOperationAdd | CommitOperationDelete] = [*additions]
    operations += [CommitOperationDelete(path) for path in plan.deleted]
    title = f"Publish {upload.folder.resolve().name}: {counted(len(additions), 'file')}"
    try:
        made = attempt(plan.repo, lambda: api.create_commit(
            plan.repo, operations, commit_message=title, repo_type=KIND, parent_commit=remote.head
        ))  # fmt: skip
    except HubConflictError:
        return _settled(api, upload, plan)
    return str(made.oid)


def _check_sent(upload: Upload, additions: "list[CommitOperationAdd]") -> None:
    """The client hashed the bytes while it sent them: they must be those that were checked."""
    for sent in additions:
        if sent.upload_info.sha256.hex() != upload.files[sent.path_in_repo]:
            raise WorkError(
                f"{upload.folder / sent.path_in_repo} changed while it was sent; nothing was "
                "committed. Run it again when nothing writes to the folder."
            )


def _settled(api: "HfApi", upload: Upload, plan: PublishPlan) -> str:
    """After a conflict: our own commit whose answer was lost, or that of another writer."""
    now = hub_repo.look(api, plan.repo)
    if make_plan(upload, now).moves_head:
        raise HubConflictError(
            f"{plan.repo} was changed by another writer meanwhile; nothing was committed. "
            "Look at what is there and run it again."
        )
    return str(now.head)


def _tag(api: "HfApi", repo: str, tag: str, head: str) -> None:
    try:
        attempt(repo, lambda: api.create_tag(repo, tag=tag, revision=head, repo_type=KIND))
    except HubConflictError:
        if hub_repo.look(api, repo).tags.get(tag) != head:
            raise RequestError(
                f"{repo}: tag {tag!r} was set on another commit meanwhile. Choose a new tag."
            ) from None
