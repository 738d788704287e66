"""What a test has put into the pool of the process no other test sees."""

import pytest

from baselines.contract.pool import POOL, Pool


@pytest.fixture(autouse=True)
def fresh_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in vars(Pool()).items():
        monkeypatch.setattr(POOL, name, value)
