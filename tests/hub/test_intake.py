"""Submissions by pull request, against the double: taken in, refused, and after a kill."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

from builders.core.errors import RequestError, WorkError
from leaderboard.board.service import Board
from leaderboard.commands.intake import command as intake_command
from leaderboard.hub import intake
from leaderboard.hub.intake import take_in
from tests.leaderboard.answers import cell, write

# The client itself uses a deprecated argument of its HTTP library.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
REPO = "org/submissions"


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()


@pytest.fixture
def repo(hub, api):
    api.create_repo(REPO, repo_type="dataset")
    add(api, {"about.txt": b"submissions"}, create_pr=False)
    return hub.repositories[REPO]


def add(api, files, *, create_pr=True, deleted=()):
    operations = [CommitOperationAdd(name, data) for name, data in files.items()]
    operations += [CommitOperationDelete(name) for name in deleted]
    api.create_commit(
        REPO, operations, commit_message="a model", repo_type="dataset", create_pr=create_pr
    )


def good(tmp_path, data, shift=0.1, **changes):
    return write(tmp_path / "p.parquet", data, shift, **changes).read_bytes()


def test_a_good_file_is_scored_committed_and_answered(board, api, repo, synthetic_folder, tmp_path):
    add(api, {"submissions/my model.parquet": good(tmp_path, synthetic_folder)})
    (verdict,) = take_in(board, api, REPO)
    assert verdict.receipt is not None
    assert verdict.receipt.scores[cell(synthetic_folder)]["rmse"].value == pytest.approx(0.1)
    (pull,) = repo.pulls.values()
    assert (pull.status, board.log()[-1]["account"]) == ("closed", f"hub:{pull.author}")
    assert "submissions/my model.parquet" in repo.resolve("main").files
    assert verdict.receipt.id in pull.comments[-1]
    assert "| rmse | 0.1 |" in pull.comments[-1]
    assert repo.branches["main"][:12] in pull.comments[-1]
    assert list(take_in(board, api, REPO)) == []


@pytest.mark.parametrize(
    ("files", "deleted", "words"),
    [
        ({"submissions/a.parquet": b"PAR1 not"}, (), "truncated"),
        ({"a.csv": b"x"}, (), "must be in the folder submissions/"),
        ({"submissions/a.csv": b"x", "submissions/b.csv": b"x"}, (), "adds 2 files"),
        ({"submissions/a.csv": b"x", "submissions/b.json": b"{}"}, (), "adds 2 files"),
        ({"submissions/a.csv": b"x", "about.txt": b"mine"}, (), "changes or removes 1 file"),
        ({"submissions/a.csv": b"x"}, ("about.txt",), "changes or removes 1 file"),
        ({"submissions/a.csv": b"x", "submissions/a.json": b" " * 70_000}, (), "at most 65536"),
        ({"submissions/a.pkl": b"x"}, (), "adds 1 file"),
    ],
)
def test_what_is_no_submission_is_closed_with_the_reason(board, api, repo, files, deleted, words):
    add(api, files, deleted=deleted)
    (verdict,) = take_in(board, api, REPO)
    assert verdict.receipt is None
    assert words in verdict.reason
    (pull,) = repo.pulls.values()
    assert pull.status == "closed"
    assert words in pull.comments[-1]
    assert set(repo.resolve("main").files) >= {"about.txt"}
    assert board.submissions() == []


def test_a_refusal_cannot_break_out_of_its_block(board, api, repo):
    add(api, {"submissions/```\n@everyone.csv": b"x"})
    list(take_in(board, api, REPO))
    (pull,) = repo.pulls.values()
    fence = pull.comments[-1].split("\n")[2]
    assert set(fence) == {"`"}
    assert pull.comments[-1].count(fence) == 2


@pytest.mark.parametrize("step", ["create_commit", "change_discussion_status"])
def test_a_killed_pass_is_gone_on_with(
    board, api, repo, synthetic_folder, tmp_path, monkeypatch, step
):
    """After the file is stored, or after it is on the main branch."""
    add(api, {"submissions/a.parquet": good(tmp_path, synthetic_folder)})

    def dies(*_args, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(HfApi, step, dies)
        with pytest.raises(KeyboardInterrupt):
            list(take_in(board, api, REPO))
    assert len(board.submissions()) == 1
    (verdict,) = take_in(board, api, REPO)
    assert verdict.receipt is not None
    assert "submissions/a.parquet" in repo.resolve("main").files
    assert [pull.status for pull in repo.pulls.values()] == ["closed"]
    assert len(board.submissions()) == 1


def test_what_is_scored_and_nothing_else_gets_on_main(
    board, api, repo, synthetic_folder, tmp_path, monkeypatch
):
    """Whatever is pushed while the file is scored stays where it is."""
    scored = good(tmp_path, synthetic_folder)
    add(api, {"submissions/a.parquet": scored})
    submit = Board.submit

    def pushed_meanwhile(self, path, **more):
        operations = [
            CommitOperationAdd("submissions/a.parquet", b"another"),
            CommitOperationAdd("about.txt", b"mine now"),
        ]
        api.create_commit(
            REPO, operations, commit_message="-", repo_type="dataset", revision="refs/pr/1"
        )
        return submit(self, path, **more)

    monkeypatch.setattr(Board, "submit", pushed_meanwhile)
    (verdict,) = take_in(board, api, REPO)
    assert verdict.receipt is not None
    files = repo.resolve("main").files
    assert set(files) >= {"about.txt", "submissions/a.parquet"}
    fetched = api.hf_hub_download(
        REPO, "submissions/a.parquet", repo_type="dataset", cache_dir=tmp_path / "cache"
    )
    about = api.hf_hub_download(
        REPO, "about.txt", repo_type="dataset", cache_dir=tmp_path / "cache"
    )
    assert Path(fetched).read_bytes() == scored
    assert Path(about).read_bytes() == b"submissions"
    assert [pull.status for pull in repo.pulls.values()] == ["closed"]


def test_one_that_is_refused_and_changes_meanwhile_waits(board, api, repo, monkeypatch):
    """The refusal was of what is not there any more."""
    add(api, {"submissions/a.csv": b"x"})
    read = intake.read_submission

    def pushed_meanwhile(*args, **more):
        add_to = CommitOperationAdd("submissions/a.csv", b"better")
        api.create_commit(
            REPO, [add_to], commit_message="-", repo_type="dataset", revision="refs/pr/1"
        )
        return read(*args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(intake, "read_submission", pushed_meanwhile)
        assert list(take_in(board, api, REPO)) == []
    (verdict,) = take_in(board, api, REPO)
    assert verdict.receipt is None


def test_one_that_fails_keeps_no_other_waiting(
    board, api, repo, synthetic_folder, tmp_path, monkeypatch, caplog
):
    """Whatever goes wrong with a file: the next ones are decided, and it stays open."""
    for name, shift in (("a", 0.1), ("b", 0.2), ("c", 0.3)):
        add(api, {f"submissions/{name}.parquet": good(tmp_path, synthetic_folder, shift)})
    submit, calls = Board.submit, []

    def fails(self, path, **more):
        calls.append(path)
        if len(calls) == 1:
            raise ZeroDivisionError("a fault of ours")
        if len(calls) == 2:
            raise WorkError("the store is full")
        return submit(self, path, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Board, "submit", fails)
        found = list(take_in(board, api, REPO))
    assert [v.failed for v in found] == [True, True, False]
    assert [v.reason for v in found] == ["a fault of ours", "the store is full", ""]
    assert [pull.status for pull in repo.pulls.values()] == ["open", "open", "closed"]
    assert "pull request 1 of org/submissions failed" in caplog.text
    assert [v.receipt is not None for v in take_in(board, api, REPO)] == [True, True]


def test_a_file_that_the_hub_lists_and_does_not_have(
    board, api, repo, synthetic_folder, tmp_path, monkeypatch
):
    for name, shift in (("a", 0.1), ("b", 0.2)):
        add(api, {f"submissions/{name}.parquet": good(tmp_path, synthetic_folder, shift)})
    download = HfApi.hf_hub_download

    def lost(self, repo_id, filename, **more):
        name = "submissions/none.parquet" if filename.endswith("a.parquet") else filename
        return download(self, repo_id, name, **more)

    monkeypatch.setattr(HfApi, "hf_hub_download", lost)
    first, second = take_in(board, api, REPO)
    assert "'submissions/a.parquet' and does not have it. Upload the file again" in first.reason
    assert second.receipt is not None
    assert [pull.status for pull in repo.pulls.values()] == ["closed", "closed"]


def test_a_name_that_is_taken(board, api, repo, synthetic_folder, tmp_path):
    for shift in (0.1, 0.2):
        add(api, {"submissions/a.parquet": good(tmp_path, synthetic_folder, shift)})
    first, second = take_in(board, api, REPO)
    assert first.receipt is not None
    assert "'submissions/a.parquet' is there already. Give the file another name" in second.reason


def test_files_of_other_requests_on_main_do_not_count(board, api, repo, synthetic_folder, tmp_path):
    """A request is compared with where it began, not with what main has become."""
    for name, shift in (("a", 0.1), ("b", 0.2)):
        add(api, {f"submissions/{name}.parquet": good(tmp_path, synthetic_folder, shift)})
    first, second = take_in(board, api, REPO)
    assert first.receipt is not None
    assert second.receipt is not None
    assert {"submissions/a.parquet", "submissions/b.parquet"} <= set(repo.resolve("main").files)


def test_bad_options_are_refused(tmp_path):
    words = ["--repo", REPO, "--store", str(tmp_path), "--every", "0"]
    refused = CliRunner().invoke(intake_command, words)
    assert isinstance(refused.exception, RequestError)
    assert "above 0" in str(refused.exception)


def test_a_token_without_the_right_closes_nothing(
    hub, board, api, repo, synthetic_folder, tmp_path
):
    """That we may not merge is no fault of the file."""
    add(api, {"submissions/a.csv": b"x"})
    with pytest.raises(WorkError, match="token"):
        list(take_in(board, HfApi(endpoint=hub.url, token="hf_reader"), REPO))
    assert [pull.status for pull in repo.pulls.values()] == ["open"]


@pytest.mark.slow
def test_the_command(hub, api, repo, board, synthetic_folder, tmp_path):
    from tests.hub.client import User

    add(api, {"submissions/a.parquet": good(tmp_path, synthetic_folder)})
    user = User(hub.url, tmp_path / "home")
    done = user.qslbench("intake", "--repo", REPO, "--store", tmp_path / "board", "--json")
    assert done.returncode == 0, done.stderr
    (one,) = json.loads(done.stdout)["pull_requests"]
    assert one["accepted"]
    missing = user.qslbench("intake", "--repo", "org/none", "--store", tmp_path / "board")
    assert missing.returncode == 2
    assert "org/none" in missing.stderr
