"""Write the repository of the Space: `python deploy/space/assemble.py OUT`.

OUT then holds what the Dockerfile copies, the wheel of this project among it, and README.md.
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FILES = (HERE / "README.md", HERE / "Dockerfile", HERE / "start.py", ROOT / "constraints.txt")


def assemble(out: Path) -> None:
    """Fill `out`; the wheel is built with hatchling, which `make install` brings."""
    out.mkdir(parents=True, exist_ok=True)
    for path in FILES:
        shutil.copyfile(path, out / path.name)
    for old in out.glob("qslbench-*.whl"):
        old.unlink()
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out.resolve())]
    subprocess.run(build, cwd=ROOT, check=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python deploy/space/assemble.py OUT")
    assemble(Path(sys.argv[1]))
