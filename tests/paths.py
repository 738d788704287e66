"""Where the tests find the repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
DOOR = ROOT / "qslbench" / "__main__.py"
