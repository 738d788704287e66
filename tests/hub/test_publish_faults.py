"""Publish when the Hub says no, stumbles, is cut, or changes under it."""

import pytest
from huggingface_hub import HfApi

from builders.core.errors import RequestError, WorkError
from builders.hub.calls import HubConflictError
from builders.publishing.publish import publish
from tests.hub.test_publish import LABELS, REPO, on_disk, on_hub

# The client itself uses a deprecated argument of its HTTP library.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
TRAIN = "data/tfim_1d_n008/train-00000-of-00001.parquet"


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("hf_unknown", "does not accept the token.*HF_TOKEN"),
        (False, "does not accept the token, or got none.*HF_TOKEN"),
        ("hf_reader", "the token may not do this.*HF_TOKEN"),
    ],
)
def test_a_token_that_is_wrong_missing_or_weak(hub, api, synthetic_folder, token, message):
    weak = HfApi(endpoint=hub.url, token=token)
    with pytest.raises(RequestError, match=message):
        publish(synthetic_folder.public, REPO, private_repo=LABELS, api=weak)
    assert hub.repositories == {}


def test_a_weak_token_on_a_repository_that_is_there(hub, api, synthetic_folder):
    api.create_repo(REPO, repo_type="dataset")
    with pytest.raises(RequestError, match=r"the token may not do this.*HF_TOKEN"):
        publish(synthetic_folder.public, REPO, api=HfApi(endpoint=hub.url, token="hf_reader"))
    assert on_hub(hub, REPO) == {}


def test_a_repository_that_the_token_cannot_see(hub, api, synthetic_folder, monkeypatch):
    api.create_repo(LABELS, repo_type="dataset", private=True)
    monkeypatch.setattr("tests.hub.server.TOKENS", {"hf_writer": "write", "": None})
    monkeypatch.setattr(hub.repositories[LABELS], "private", None)
    original = hub.repositories

    class Hidden(dict):
        def get(self, name, default=None):
            return None if name == LABELS else super().get(name, default)

    hub.repositories = Hidden(original)
    with pytest.raises(RequestError, match="exists on the Hub and this token cannot see it"):
        publish(synthetic_folder.public, REPO, private_repo=LABELS, api=api)


@pytest.mark.parametrize("status", [500, 503])
def test_every_third_request_fails(hub, api, synthetic_folder, status):
    hub.faults.every = (3, status)
    publish(synthetic_folder.public, REPO, private_repo=LABELS, tag="v1", api=api)
    assert on_hub(hub, REPO, "v1") == on_disk(synthetic_folder.public)
    assert on_hub(hub, LABELS, "v1") == on_disk(synthetic_folder.private)
    assert {len(one.commits) for one in hub.repositories.values()} == {2}


def test_a_hub_that_always_fails_is_work_that_failed(hub, api, synthetic_folder):
    hub.faults.every = (1, 503)
    with pytest.raises(WorkError, match=r"could not be reached, or failed .*503"):
        publish(synthetic_folder.public, REPO, api=api)


def test_a_cut_upload_is_resumed_and_sends_the_rest_alone(hub, api, synthetic_folder):
    publish(synthetic_folder.public, "org/other", api=api)
    sha = hub.repositories["org/other"].resolve("main").files[TRAIN].sha256
    for entry in hub.repositories.pop("org/other").resolve("main").files.values():
        hub.blobs.forget(entry.sha256)
    hub.faults.cut = f"PUT /lfs/{sha}"
    with pytest.raises(WorkError, match=r"Run it again later: what has arrived is not sent twice"):
        publish(synthetic_folder.public, REPO, tag="v1", api=api)
    assert on_hub(hub, REPO) == {}  # no half commit: the public sees nothing or all
    assert hub.repositories[REPO].tags == {}
    hub.faults.cut = None
    hub.log.clear()
    publish(synthetic_folder.public, REPO, tag="v1", api=api)
    assert hub.named("^PUT") == [f"PUT /lfs/{sha}"]
    assert on_hub(hub, REPO, "v1") == on_disk(synthetic_folder.public)


@pytest.mark.parametrize("lost", ["POST .*/commit/", "POST .*/tag/", "POST .*/create"])
def test_an_answer_that_is_lost_does_not_do_it_twice(hub, api, synthetic_folder, lost):
    hub.faults.mute = lost
    (done,) = publish(synthetic_folder.public, REPO, tag="v1", api=api)
    assert hub.faults.mute is None
    assert hub.repositories[REPO].tags == {"v1": done.commit}
    assert len(hub.repositories[REPO].commits) == 2
    assert on_hub(hub, REPO, "v1") == on_disk(synthetic_folder.public)


def test_another_writer_is_not_overwritten(hub, api, synthetic_folder):
    def other():
        hub.repositories[REPO].commit("main", "another writer", {})

    hub.faults.hook = ("POST .*/commit/", other)
    with pytest.raises(HubConflictError, match="another writer meanwhile; nothing was committed"):
        publish(synthetic_folder.public, REPO, tag="v1", api=api)
    assert hub.repositories[REPO].resolve("main").title == "another writer"
    assert hub.repositories[REPO].tags == {}


def test_a_tag_that_another_writer_sets_meanwhile(hub, api, synthetic_folder):
    def other():
        found = hub.repositories[REPO]
        found.tags["v1"] = next(iter(found.commits))

    hub.faults.hook = ("POST .*/tag/", other)
    with pytest.raises(RequestError, match="set on another commit meanwhile"):
        publish(synthetic_folder.public, REPO, tag="v1", api=api)


def test_a_file_that_changes_while_it_is_sent_is_not_committed(hub, api, synthetic_folder):
    path = synthetic_folder.public / TRAIN

    def change():
        path.write_bytes(path.read_bytes()[:-1] + b"x")

    hub.faults.hook = ("POST .*/preupload/", change)
    with pytest.raises(WorkError, match=r"train-00000-of-00001\.parquet changed while it was sent"):
        publish(synthetic_folder.public, REPO, api=api)
    assert on_hub(hub, REPO) == {}
