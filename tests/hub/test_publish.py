"""Publish against the double: what is sent, planned, left, deleted, tagged and refused."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from huggingface_hub import HfApi

from builders.cards import documents
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import manifest
from builders.folders import writing
from builders.hub.repository import Remote, RemoteFile
from builders.publishing.plan import make_plan
from builders.publishing.publish import publish
from builders.publishing.upload import Upload
from tests.builders.synthetic import PROVENANCE, SPEC, make_split

# The client itself uses a deprecated argument of its HTTP library.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
REPO, LABELS = "org/demo", "org/demo-private"
OTHER = replace(SPEC, size=Size(5))


def on_hub(hub, repo, revision="main"):
    """Path → bytes of the files that are ours."""
    files = hub.repositories[repo].resolve(revision).files
    return {
        path: hub.blobs.get(entry.sha256, entry.size)
        for path, entry in files.items()
        if path != ".gitattributes"
    }


def on_disk(root):
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def write(made, spec, **changes):
    """Write a config into both folders, with some arrays changed."""
    splits = {split: make_split(spec, split) for split in spec.rows}
    splits["train"] |= changes
    writing.write_config(made.public, made.private, spec, splits, PROVENANCE)


def test_both_repositories_get_their_folder_and_the_tag(hub, api, synthetic_folder):
    (synthetic_folder.public / "notes.txt").write_text("mine")
    public, private = publish(synthetic_folder.public, REPO, private_repo=LABELS, tag="v1", api=api)
    sent = on_hub(hub, REPO, "v1")
    assert sent == {k: v for k, v in on_disk(synthetic_folder.public).items() if k != "notes.txt"}
    assert on_hub(hub, LABELS, "v1") == on_disk(synthetic_folder.private)
    assert [hub.repositories[repo].private for repo in (REPO, LABELS)] == [False, True]
    assert set(sent) == {*manifest.read(synthetic_folder.public).files, "manifest.json"}
    for done, repo in ((public, REPO), (private, LABELS)):
        assert done.sent
        assert done.commit == hub.repositories[repo].branches["main"]
        assert len(hub.repositories[repo].commits) == 2


def test_a_dry_run_sends_nothing_and_tells_what_a_publish_does(hub, api, synthetic_folder):
    given = {"private_repo": LABELS, "tag": "v1", "api": api}
    dry = publish(synthetic_folder.public, REPO, dry_run=True, **given)
    assert hub.repositories == {}
    assert hub.named("POST|PUT|DELETE") == []
    assert dry[0].plan.added == {k: len(v) for k, v in on_disk(synthetic_folder.public).items()}
    assert not any(one.sent for one in dry)
    assert [one.plan for one in publish(synthetic_folder.public, REPO, **given)] == [
        one.plan for one in dry
    ]


def test_a_second_publish_makes_no_commit_and_sends_nothing(hub, api, synthetic_folder):
    given = {"private_repo": LABELS, "tag": "v1", "api": api}
    first = publish(synthetic_folder.public, REPO, **given)
    hub.log.clear()
    second = publish(synthetic_folder.public, REPO, **given)
    assert hub.named("POST|PUT|DELETE") == []
    assert [one.commit for one in second] == [one.commit for one in first]
    assert not any(one.sent for one in second)
    assert second[0].plan.unchanged == len(on_disk(synthetic_folder.public))


def test_a_changed_config_sends_only_its_files(hub, api, synthetic_folder):
    write(synthetic_folder, OTHER)
    publish(synthetic_folder.public, REPO, tag="v1", api=api)
    old = on_hub(hub, REPO)
    energy = make_split(SPEC, "train")["energy"] - 0.5
    write(synthetic_folder, SPEC, energy=energy)
    hub.log.clear()
    (done,) = publish(synthetic_folder.public, REPO, tag="v2", api=api)
    train = "data/tfim_1d_n008/train-00000-of-00001.parquet"
    documents = {"README.md", "croissant.json", "index.parquet", "manifest.json"}
    assert {train} < set(done.plan.changed) <= {train, *documents}
    assert (done.plan.added, done.plan.deleted) == ({}, {})
    assert len(hub.named("^PUT")) == 2  # the shard and the index; the rest is text
    assert on_hub(hub, REPO) == on_disk(synthetic_folder.public)
    assert on_hub(hub, REPO, "v1") == old


def test_what_the_folder_no_longer_has_is_deleted_and_strangers_stay(hub, api, synthetic_folder):
    publish(synthetic_folder.public, REPO, api=api)
    stale = "data/tfim_1d_n008/train-00001-of-00002.parquet"
    for path in (stale, "data/notes.txt", "LICENSE"):
        api.upload_file(
            path_or_fileobj=b"old", path_in_repo=path, repo_id=REPO, repo_type="dataset"
        )
    (dry,) = publish(synthetic_folder.public, REPO, api=api, dry_run=True)
    assert dry.plan.deleted == {"data/notes.txt": 3, stale: 3}
    assert f"  - {stale}  3 bytes" in dry.plan.lines()
    publish(synthetic_folder.public, REPO, api=api)
    assert on_hub(hub, REPO) == {**on_disk(synthetic_folder.public), "LICENSE": b"old"}


def test_a_tag_never_moves(hub, api, synthetic_folder):
    publish(synthetic_folder.public, REPO, tag="v1", api=api)
    first = hub.repositories[REPO].tags["v1"]
    write(synthetic_folder, OTHER)
    hub.log.clear()
    with pytest.raises(RequestError, match=r"tag 'v1' is on commit .* choose a new tag"):
        publish(synthetic_folder.public, REPO, tag="v1", api=api)
    assert hub.named("POST|PUT|DELETE") == []
    publish(synthetic_folder.public, REPO, tag="v2", api=api)
    assert hub.repositories[REPO].tags["v1"] == first
    assert hub.repositories[REPO].tags["v2"] == hub.repositories[REPO].branches["main"]


def test_a_tag_is_added_to_what_is_there(hub, api, synthetic_folder):
    publish(synthetic_folder.public, REPO, api=api)
    (done,) = publish(synthetic_folder.public, REPO, tag="v1", api=api)
    assert hub.repositories[REPO].tags == {"v1": done.commit}
    assert len(hub.repositories[REPO].commits) == 2


def test_a_branch_is_not_taken_for_a_tag(hub, api, synthetic_folder):
    publish(synthetic_folder.public, REPO, api=api)
    api.create_branch(REPO, branch="v1", repo_type="dataset")
    with pytest.raises(RequestError, match="has a branch 'v1'"):
        publish(synthetic_folder.public, REPO, tag="v1", api=api)


@pytest.mark.parametrize("tag", ["main", "a" * 40, "", "v 1", "-v1", "refs/tags/v1"])
def test_names_that_are_no_tag(synthetic_folder, tag):
    with pytest.raises(RequestError, match="a tag has up to 64"):
        publish(synthetic_folder.public, REPO, tag=tag, api=object())


@pytest.mark.parametrize("repo", ["demo", "org/demo/x", "org/", "org/a--b", "org/a..b", "o/a.git"])
def test_names_that_are_no_repository(synthetic_folder, repo):
    with pytest.raises(RequestError, match="give ORG/NAME"):
        publish(synthetic_folder.public, repo, api=object())


def test_labels_go_to_a_private_repository_of_their_own(hub, api, synthetic_folder):
    with pytest.raises(RequestError, match="labels need their own"):
        publish(synthetic_folder.public, REPO, private_repo=REPO, api=object())
    api.create_repo(LABELS, repo_type="dataset", private=False)
    hub.log.clear()
    for dry_run in (True, False):
        with pytest.raises(RequestError, match="org/demo-private is public"):
            publish(synthetic_folder.public, REPO, private_repo=LABELS, api=api, dry_run=dry_run)
    assert hub.named("POST|PUT|DELETE") == []
    assert list(hub.repositories) == [LABELS]


def test_labels_do_not_go_to_a_repository_that_became_public_meanwhile(hub, api, synthetic_folder):
    def create(*args, **options):
        HfApi.create_repo(api, *args, **options | {"private": False})

    blind = SimpleNamespace(
        create_repo=create,
        dataset_info=api.dataset_info,
        list_repo_tree=api.list_repo_tree,
        list_repo_refs=api.list_repo_refs,
    )
    with pytest.raises(RequestError, match="org/demo-private is public"):
        publish(synthetic_folder.public, REPO, private_repo=LABELS, api=blind)
    assert on_hub(hub, LABELS) == {}


def test_a_folder_that_is_damaged_is_not_sent(synthetic_folder):
    path = synthetic_folder.public / "data/tfim_1d_n008/train-00000-of-00001.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(RequestError, match=r"(?s)nothing was sent.*other bytes"):
        publish(synthetic_folder.public, REPO, api=object())


def test_labels_that_the_public_folder_did_not_promise_are_not_sent(synthetic_folder, tmp_path):
    other = tmp_path / "elsewhere"
    synthetic_folder.private.rename(other)
    found = manifest.read(other)
    entry = found.configs[SPEC.config].model_copy(update={"salt": "0" * 64})
    documents.write_documents(other, found.model_copy(update={"configs": {SPEC.config: entry}}))
    with pytest.raises(RequestError, match="promised"):
        publish(synthetic_folder.public, REPO, private=other, private_repo=LABELS, api=object())


def test_a_file_without_lfs_is_told_by_its_blob(tmp_path):
    (tmp_path / "index.parquet").write_bytes(b"hello\n")
    # `printf 'hello\n' | git hash-object --stdin` prints this id.
    blob = "ce013625030ba8dba906f756967f9e9ca394464a"
    upload = Upload(tmp_path, False, {"index.parquet": "ab" * 32})
    same = Remote(REPO, "1" * 40, files={"index.parquet": RemoteFile(6, None, blob)})
    other = Remote(REPO, "1" * 40, files={"index.parquet": RemoteFile(6, None, "0" * 40)})
    assert not make_plan(upload, same).moves_head
    assert make_plan(upload, other).changed == {"index.parquet": 6}
