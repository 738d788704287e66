"""Users of the Hub in processes of their own: the clients read their settings when imported."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import builders

ROOT = Path(builders.__file__).parent.parent
# The clients wait between tries; a test need not.
HURRIED = "import time\ntime.sleep = lambda seconds: None\n"
SECONDS = 120


@dataclass(frozen=True)
class User:
    """Somebody with a cache and a token, at one Hub.

    Attributes:
        url: the Hub's address.
        home: folder of the caches.
        token: `hf_writer`, `hf_reader`, another, or none.
        xet: whether bytes travel by Xet; else by LFS.
        more: further settings of the environment.
    """

    url: str
    home: Path
    token: str = "hf_writer"
    xet: bool = False
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the user's processes."""
        own = {
            "HF_ENDPOINT": self.url,
            "HF_HOME": str(self.home / "hf"),
            "HF_XET_CACHE": str(self.home / "xet"),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_XET": "0" if self.xet else "1",
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
            **({"HF_TOKEN": self.token} if self.token else {}),
        }
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING"))}
        return {**kept, **own, **self.more}

    def but(self, **changes: Any) -> "User":
        """The same user with other settings."""
        return replace(self, **changes)

    def runs(self, code: str) -> subprocess.CompletedProcess[str]:
        """Run Python code in a new process, outside the repository."""
        self.home.mkdir(parents=True, exist_ok=True)
        return subprocess.run(
            [sys.executable, "-c", HURRIED + code],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    def gets(self, code: str) -> Any:
        """The JSON that the code prints last; it must end well."""
        done = self.runs(code)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def qslbench(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run the command."""
        words = ["qslbench", *map(str, arguments)]
        return self.runs(f"import sys\nsys.argv = {words!r}\nimport qslbench\nqslbench.main()")

    def publishes(self, *arguments: object) -> Any:
        """The JSON document of `qslbench publish`, which must end well."""
        done = self.qslbench("publish", *arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
