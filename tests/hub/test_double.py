"""The double answers the real client as the Hub does, where our own code does not go yet."""

import pytest
from huggingface_hub import errors, hf_hub_download

REPO = "org/results"


@pytest.fixture
def repo(api):
    api.create_repo(REPO, repo_type="dataset")
    return REPO


def put(api, text, **options):
    return api.upload_file(
        path_or_fileobj=text.encode(), path_in_repo="a.txt", repo_id=REPO, repo_type="dataset",
        **options,
    )  # fmt: skip


def test_a_pull_request_is_opened_listed_and_merged(hub, api, repo):
    put(api, "first")
    made = put(api, "second", create_pr=True)
    assert made.pr_num == 1
    (listed,) = api.get_repo_discussions(REPO, repo_type="dataset", discussion_status="open")
    assert (listed.num, listed.is_pull_request, listed.status) == (1, True, "open")
    assert hub.repositories[REPO].resolve("main").files["a.txt"].size == len("first")
    api.comment_discussion(REPO, 1, comment="looks right", repo_type="dataset")
    api.merge_pull_request(REPO, 1, repo_type="dataset")
    found = api.get_discussion_details(REPO, 1, repo_type="dataset")
    assert (found.status, found.events[0].content) == ("merged", "looks right")
    assert found.merge_commit_oid == hub.repositories[REPO].branches["main"]
    assert hub.repositories[REPO].resolve("main").files["a.txt"].size == len("second")


def test_a_pull_request_is_closed_with_a_reason(api, repo):
    put(api, "text", create_pr=True)
    api.change_discussion_status(REPO, 1, "closed", comment="no", repo_type="dataset")
    assert api.get_discussion_details(REPO, 1, repo_type="dataset").status == "closed"


def test_a_commit_on_an_old_parent_is_refused(api, repo):
    old = api.dataset_info(REPO).sha
    put(api, "first")
    with pytest.raises(errors.HfHubHTTPError, match="412"):
        put(api, "second", parent_commit=old)


def test_existing_and_missing_things_have_their_codes(api, repo, tmp_path):
    with pytest.raises(errors.HfHubHTTPError, match="409"):
        api.create_repo(REPO, repo_type="dataset")
    assert api.create_repo(REPO, repo_type="dataset", exist_ok=True).repo_id == REPO
    with pytest.raises(errors.RepositoryNotFoundError):
        api.dataset_info("org/none")
    with pytest.raises(errors.RevisionNotFoundError):
        api.dataset_info(REPO, revision="v9")
    with pytest.raises(errors.RemoteEntryNotFoundError):
        hf_hub_download(
            REPO, "none.txt", repo_type="dataset", endpoint=api.endpoint, cache_dir=tmp_path
        )


def test_branches_tags_history_and_paths(hub, api, repo):
    put(api, "first")
    api.create_branch(REPO, branch="next", repo_type="dataset")
    api.create_tag(REPO, tag="v1", repo_type="dataset")
    put(api, "second", revision="next")
    assert [c.title for c in api.list_repo_commits(REPO, repo_type="dataset")] == [
        "Upload a.txt with huggingface_hub", "initial commit",
    ]  # fmt: skip
    (found,) = api.get_paths_info(REPO, ["a.txt", "b.txt"], revision="next", repo_type="dataset")
    assert found.size == len("second")
    api.delete_tag(REPO, tag="v1", repo_type="dataset")
    api.delete_branch(REPO, branch="next", repo_type="dataset")
    refs = api.list_repo_refs(REPO, repo_type="dataset")
    assert ([b.name for b in refs.branches], refs.tags) == (["main"], [])
    api.delete_repo(REPO, repo_type="dataset")
    assert hub.repositories == {}
