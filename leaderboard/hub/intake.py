"""Submissions by pull request on a data-set repository of the Hub.

A pull request adds one file of predictions under `submissions/`, with its metadata inside or in a
JSON file beside it, and nothing else. It is scored as an upload of the account `hub:AUTHOR`;
accepted, its files are committed to the main branch as they were scored, and it is closed; refused,
it is closed, and a comment says why. Merging it would bring whatever its branch holds by then.
What fails for other reasons stays open, and the others go on; the next pass sees it again, so that
a pass may be killed anywhere.
"""

import logging
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from builders.core.errors import RequestError, WorkError, counted
from builders.hub.calls import attempt, status_of
from builders.hub.repository import KIND
from leaderboard.board.service import Board
from leaderboard.store.records import Receipt
from leaderboard.submission.reading import MAX_BYTES
from leaderboard.submission.submission import MAX_SIDECAR_BYTES, read_submission

if TYPE_CHECKING:
    from huggingface_hub import HfApi
    from huggingface_hub.community import Discussion

T = TypeVar("T")
FOLDER = "submissions"
_log = logging.getLogger(__name__)
_PREDICTIONS = (".parquet", ".csv")
_SHOWN = 5


@dataclass(frozen=True)
class Verdict:
    """What became of a pull request.

    Attributes:
        number: of the pull request.
        author: who opened it.
        receipt: of the submission; None if it was refused.
        reason: why it was refused, or why this failed; "" if it was accepted.
        failed: whether it stays open, as it could be neither accepted nor refused now.
    """

    number: int
    author: str
    receipt: Receipt | None
    reason: str = ""
    failed: bool = False

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "number": self.number,
            "author": self.author,
            "accepted": self.receipt is not None,
            "failed": self.failed,
            "reason": self.reason,
            "submission": None if self.receipt is None else self.receipt.to_json(),
        }


def take_in(board: Board, api: "HfApi", repo: str) -> Iterator[Verdict]:
    """Decide all open pull requests of a data-set repository, oldest first.

    Args:
        board: where accepted ones go.
        api: a client that may comment on, merge and close pull requests there.
        repo: ORG/NAME.

    Raises:
        RequestError: no such repository, or the token may not read it.
        WorkError: the Hub cannot be reached, or refuses what the token must be allowed to do.
    """
    requests = attempt(repo, lambda: list(api.get_repo_discussions(
        repo, repo_type=KIND, discussion_type="pull_request", discussion_status="open"
    )))  # fmt: skip
    for request in sorted(requests, key=lambda request: request.num):
        try:
            verdict = _decide(board, api, repo, request)
        except _RightError:
            raise  # would be so for all of them
        except Exception as error:  # whatever one file can do must not keep the others waiting
            reason = str(error) or type(error).__name__
            _log.warning("pull request %d of %s failed", request.num, repo, exc_info=error)
            verdict = Verdict(request.num, request.author, None, reason, failed=True)
        if verdict is not None:
            yield verdict


def _decide(board: Board, api: "HfApi", repo: str, request: "Discussion") -> Verdict | None:
    """None if the request changed while it was looked at: the next pass sees it again."""
    number, reference = request.num, f"refs/pr/{request.num}"
    head = _head(api, repo, reference)
    account = f"hub:{request.author}"
    with tempfile.TemporaryDirectory(prefix="qslbench-") as folder:
        try:
            found = _fetched(api, repo, head, reference, Path(folder))
            receipt = _receipt(board, found, account)
        except RequestError as refusal:
            if _head(api, repo, reference) != head:
                return None
            _close(api, repo, number, _refusal_text(str(refusal)))
            return Verdict(number, request.author, None, str(refusal))
        commit = _committed(api, repo, found, request)
    _close(api, repo, number, f"{_receipt_text(receipt)}\n\nOn the main branch with {commit[:12]}.")
    return Verdict(number, request.author, receipt)


def _close(api: "HfApi", repo: str, number: int, text: str) -> None:
    _ask(repo, lambda: api.change_discussion_status(
        repo, number, "closed", comment=text, repo_type=KIND
    ))  # fmt: skip


def _committed(api: "HfApi", repo: str, found: Mapping[str, Path], request: "Discussion") -> str:
    """Put the very bytes that were scored on the main branch; the commit."""
    from huggingface_hub import CommitOperationAdd

    title = f"Submission of {request.author}, pull request {request.num}"
    made = _ask(repo, lambda: api.create_commit(
        repo, [CommitOperationAdd(name, str(path)) for name, path in found.items()],
        commit_message=title, repo_type=KIND, parent_commit=_head(api, repo, "main"),
    ))  # fmt: skip
    return str(made.oid)


class _RightError(WorkError):
    """The token may not do what a pass must."""


def _ask(repo: str, call: Callable[[], T]) -> T:
    """A call to the Hub; that the Hub refuses us is no fault of the file that is looked at."""
    try:
        return attempt(repo, call)
    except RequestError as error:
        kind = _RightError if status_of(error.__cause__) in (401, 403) else WorkError
        raise kind(str(error)) from error


def _head(api: "HfApi", repo: str, reference: str) -> str:
    return _history(api, repo, reference)[0]


def _history(api: "HfApi", repo: str, revision: str) -> list[str]:
    """Commits of a revision, newest first."""
    commits = _ask(repo, lambda: api.list_repo_commits(repo, repo_type=KIND, revision=revision))
    return [str(commit.commit_id) for commit in commits]


def _fetched(api: "HfApi", repo: str, head: str, reference: str, folder: Path) -> dict[str, Path]:
    """Path in the repository → the file here, under a name of ours.

    Raises:
        RequestError: it is no submission, or the Hub does not have what it lists.
    """
    found = {}
    for name in _added(api, repo, head, reference):
        suffix = PurePosixPath(name).suffix.lower()
        try:
            fetched = attempt(repo, partial(
                api.hf_hub_download, repo, name,
                repo_type=KIND, revision=head, cache_dir=folder / "cache",
            ))  # fmt: skip
        except RequestError as error:
            if status_of(error.__cause__) != 404:
                raise WorkError(str(error)) from error
            raise RequestError(
                f"the Hub lists {name!r} and does not have it. Upload the file again."
            ) from None
        found[name] = folder / f"predictions{suffix}"
        shutil.copyfile(fetched, found[name])
    return found


def _receipt(board: Board, found: Mapping[str, Path], account: str) -> Receipt:
    """Of the new submission, or of this very one if a pass was killed after storing it."""
    by_suffix = {path.suffix: path for path in found.values()}
    sidecar = by_suffix.pop(".json", None)
    (predictions,) = by_suffix.values()
    read = read_submission(predictions, sidecar=sidecar)
    return board.owned(read.identity, account) or board.submit(
        predictions, sidecar=sidecar, account=account, read=read
    )


def _added(api: "HfApi", repo: str, head: str, reference: str) -> list[str]:
    """Paths of the one file of predictions and, if there is one, of its JSON file.

    Raises:
        RequestError: the pull request does anything else.
    """
    base = _base(api, repo, reference)
    before, after = _files(api, repo, base), _files(api, repo, head)
    touched = sorted(p for p in before if after.get(p, (None,))[0] != before[p][0])
    if touched:
        raise RequestError(
            f"the pull request changes or removes {counted(len(touched), 'file')}, first "
            f"{touched[:_SHOWN]}. It must only add one file of predictions."
        )
    added = sorted(p for p in after if p not in before)
    predictions = [p for p in added if PurePosixPath(p).suffix.lower() in _PREDICTIONS]
    others = [p for p in added if p not in predictions]
    wanted = [str(PurePosixPath(p).with_suffix(".json")) for p in predictions]
    if len(predictions) != 1 or others not in ([], wanted):
        raise RequestError(
            f"the pull request adds {counted(len(added), 'file')}, first {added[:_SHOWN]}. It must "
            f"add one file {FOLDER}/NAME.parquet or {FOLDER}/NAME.csv, and may add its metadata as "
            f"{FOLDER}/NAME.json."
        )
    for path in added:
        if PurePosixPath(path).parts[0] != FOLDER:
            raise RequestError(f"the file {path!r} must be in the folder {FOLDER}/.")
        limit = MAX_BYTES if path in predictions else MAX_SIDECAR_BYTES
        if after[path][1] > limit:
            raise RequestError(f"{path!r} has {after[path][1]} bytes; at most {limit} are allowed.")
    now = _files(api, repo, "main")
    taken = [p for p in added if p in now and now[p][0] != after[p][0]]
    if taken:
        raise RequestError(f"{taken[0]!r} is there already. Give the file another name.")
    return added


def _base(api: "HfApi", repo: str, reference: str) -> str:
    """The newest commit that the pull request shares with the main branch."""
    main = set(_history(api, repo, "main"))
    shared = [commit for commit in _history(api, repo, reference) if commit in main]
    if not shared:
        raise RequestError("the pull request shares no commit with the main branch. Open it anew.")
    return shared[0]


def _files(api: "HfApi", repo: str, revision: str) -> dict[str, tuple[str, int]]:
    """Path → (hash of the content, bytes) of all files of a revision."""
    from huggingface_hub.hf_api import RepoFile

    tree = _ask(repo, lambda: list(api.list_repo_tree(
        repo, recursive=True, revision=revision, repo_type=KIND
    )))  # fmt: skip
    return {f.path: (f.blob_id, f.size) for f in tree if isinstance(f, RepoFile)}


def _receipt_text(receipt: Receipt) -> str:
    lines = [f"On the board as `{receipt.id}`.", "", "| cell | metric | value | 95 % |"]
    lines.append("|---|---|---|---|")
    for key, metrics in receipt.scores.items():
        for name, value in metrics.items():
            shown = "–" if value.value is None else f"{value.value:.6g}"
            known = value.low is not None and value.high is not None
            interval = f"{value.low:.6g} – {value.high:.6g}" if known else value.note
            lines.append(f"| {key} | {name} | {shown} | {interval} |")
    return "\n".join(lines)


def _refusal_text(reason: str) -> str:
    """The reason in a block of code: parts of it may be a stranger's text."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", reason)), default=2))
    return f"Not accepted; nothing was stored.\n\n{fence}\n{reason}\n{fence}\n\nOpen a new one."
