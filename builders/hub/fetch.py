"""Fetch one config of a data set from the Hub into the client's cache, pinned to its revision."""

from functools import partial
from pathlib import Path
from typing import Any

from builders.core.errors import RequestError, WorkError
from builders.core.names import parse_config
from builders.dataset import manifest
from builders.hub.calls import attempt, first_line, passes
from builders.hub.repository import KIND


def fetch(repo: str, config: str, revision: str | None = None) -> Path:
    """The cached snapshot of a revision that holds the manifest and the files of one config.

    Only files that the cache lacks are downloaded. Without the Hub, the snapshot is that of the
    asked commit, or of the commit that the asked tag or branch was when it was last fetched.

    Args:
        repo: id ORG/NAME.
        config: config name.
        revision: tag, branch or commit; None for `main`.

    Raises:
        RequestError: no such repository or revision.
        WorkError: the Hub cannot be reached, and this revision is not in the cache.
    """
    from huggingface_hub import errors, snapshot_download

    parse_config(config)
    # A snapshot is pinned to its revision; `load_dataset(revision=…)` is not when offline.
    download = partial(
        snapshot_download,
        repo,
        repo_type=KIND,
        revision=revision,
        allow_patterns=[manifest.NAME, f"data/{config}/*"],
    )
    try:
        return Path(attempt(repo, partial(_online, download, repo, revision or "main")))
    except WorkError as error:
        try:
            return Path(download(local_files_only=True))
        except errors.LocalEntryNotFoundError:
            raise _absent(repo, config, revision, error.__cause__ or error) from error
    except RequestError as error:
        raise RequestError(
            f"{repo!r} at revision {revision or 'main'} is neither a folder here nor a data set "
            f"on the Hub that this token may read ({error})"
        ) from None


def _online(download: Any, repo: str, revision: str) -> str:
    """Download, and once more from where a first try was cut.

    The second try knows the commit and what is there already: it asks for less, so that a Hub that
    fails now and then lets it through.
    """
    from huggingface_hub import errors

    try:
        return str(download())
    except (errors.LocalEntryNotFoundError, errors.HfHubHTTPError) as error:
        # Where nothing is cached either, the client hides what the Hub said.
        hidden = isinstance(error, errors.LocalEntryNotFoundError)
        cause = error.__cause__ if hidden else error
        if not isinstance(cause, errors.HfHubHTTPError) or not passes(cause):
            raise
        commit = _refs(repo).get(revision)
        if commit is None:
            raise cause from None
        return str(download(revision=commit))


def _absent(repo: str, config: str, revision: str | None, cause: BaseException) -> WorkError:
    cached = ", ".join(_cached_names(repo)) or "none"
    return WorkError(
        f"{repo!r} is not a folder here, and revision {revision or 'main'!r} of it could not be "
        f"fetched from the Hub ({first_line(cause)}); {config} at that revision is not whole in "
        f"the cache. Cached revisions: {cached}. Connect and run it again, or ask for one of these."
    )


def _cached_names(repo: str) -> list[str]:
    """Tags and branches of a repository that the cache can resolve, then its other commits."""
    refs = _refs(repo)
    commits = {path.name for path in (_cache(repo) / "snapshots").glob("*")}
    return [*refs, *sorted(commits - set(refs.values()))]


def _refs(repo: str) -> dict[str, str]:
    """Tag or branch → commit, as last fetched."""
    root = _cache(repo) / "refs"
    paths = [path for path in sorted(root.rglob("*")) if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_text() for path in paths}


def _cache(repo: str) -> Path:
    """Where the cache keeps a repository (https://huggingface.co/docs/hub/local-cache)."""
    from huggingface_hub.constants import HF_HUB_CACHE

    return Path(HF_HUB_CACHE) / f"{KIND}s--{repo.replace('/', '--')}"
