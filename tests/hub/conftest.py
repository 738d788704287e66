"""A Hub for a test of its own, and a client in this process that talks to it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi, constants
from huggingface_hub.utils import close_session, disable_progress_bars, enable_progress_bars

from tests.hub.server import Hub, running


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """An empty Hub."""
    with running(tmp_path / "hub") as made:
        yield made


@pytest.fixture
def api(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[HfApi]:
    """A client that may write, sends by LFS and does not wait between tries."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    disable_progress_bars()
    yield HfApi(endpoint=hub.url, token="hf_writer")
    enable_progress_bars()
    close_session()
