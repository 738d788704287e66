"""A data set folder made ready to send: every file checked, and no hidden label among them."""

from dataclasses import dataclass
from pathlib import Path

from builders.core.errors import RequestError
from builders.core.files import sha256
from builders.dataset import manifest
from builders.dataset.manifest import Manifest
from builders.folders.verify import verify_folder
from builders.publishing import secrecy


@dataclass(frozen=True)
class Upload:
    """What is sent of a folder.

    Attributes:
        folder: where the files are.
        private: whether it holds hidden labels.
        files: path → SHA-256 of the files to send, the manifest among them.
    """

    folder: Path
    private: bool
    files: dict[str, str]


def public_upload(folder: Path, private: Path | None = None) -> Upload:
    """Check the public folder, its bytes for hidden labels included.

    Args:
        folder: data set folder.
        private: folder of its hidden labels, whose secrets must not be in any text.

    Raises:
        RequestError: it is not what its manifest says, or would give away a hidden label.
    """
    secrets = _secrets(private) if private else frozenset()
    found = _verified(folder, "public", private)
    secrecy.check_public(folder, found, secrets)
    return _upload(folder, found)


def private_upload(folder: Path) -> Upload:
    """Check the folder of hidden labels.

    Raises:
        RequestError: it is not what its manifest says, or is a public folder.
    """
    return _upload(folder, _verified(folder, "private", None))


def _secrets(private: Path) -> frozenset[str]:
    found = manifest.read(private)
    if found.visibility != "private":
        raise RequestError(f"{private} is a public folder. Give that of the hidden labels.")
    return secrecy.secrets_of(found)


def _verified(folder: Path, kind: str, private: Path | None) -> Manifest:
    found = manifest.read(folder)
    if found.visibility != kind:
        raise RequestError(
            f"{folder} is a {found.visibility} data set folder; a {kind} one is needed here. "
            "Nothing was sent."
        )
    report = verify_folder(folder, private)
    if not report.ok:
        problems = "\n".join(f"- {problem}" for problem in report.problems[:10])
        raise RequestError(
            f"nothing was sent: {folder} is not what its manifest says, "
            f"{len(report.problems)} problems:\n{problems}"
        )
    return found


def _upload(folder: Path, found: Manifest) -> Upload:
    files = {path: entry.sha256 for path, entry in found.files.items()}
    # The manifest cannot hold its own hash; its digest was checked when it was read.
    files[manifest.NAME] = sha256(folder / manifest.NAME)
    return Upload(folder, found.visibility == "private", dict(sorted(files.items())))
