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
    folder_manifest = _verified(folder, "public", private)
    secrecy.check_public(folder, folder_manifest, secrets)
    return _upload(folder, folder_manifest)


def private_upload(folder: Path) -> Upload:
    """Check the folder of hidden labels.

    Raises:
        RequestError: it is not what its manifest says, or is a public folder.
    """
    return _upload(folder, _verified(folder, "private", None))


def _secrets(private: Path) -> frozenset[str]:
    private_manifest = manifest.read(private)
    if private_manifest.visibility != "private":
        raise RequestError(f"{private} is a public folder. Give that of the hidden labels.")
    return secrecy.secrets_of(private_manifest)


def _verified(folder: Path, kind: str, private: Path | None) -> Manifest:
    folder_manifest = manifest.read(folder)
    if folder_manifest.visibility != kind:
        raise RequestError(
            f"{folder} is a {folder_manifest.visibility} data set folder; a {kind} one is needed "
            "here. Nothing was sent."
        )
    report = verify_folder(folder, private)
    if not report.ok:
        problems = "\n".join(f"- {problem}" for problem in report.problems[:10])
        raise RequestError(
            f"nothing was sent: {folder} is not what its manifest says, "
            f"{len(report.problems)} problems:\n{problems}"
        )
    return folder_manifest


def _upload(folder: Path, folder_manifest: Manifest) -> Upload:
    files = {path: entry.sha256 for path, entry in folder_manifest.files.items()}
    # The manifest cannot hold its own hash; its digest was checked when it was read.
    files[manifest.NAME] = sha256(folder / manifest.NAME)
    return Upload(folder, folder_manifest.visibility == "private", dict(sorted(files.items())))
