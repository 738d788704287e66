"""A data set folder made ready to send: every file checked, and no hidden label among them."""

from dataclasses import dataclass
from pathlib import Path

from builders.core.errors import RequestError, counted
from builders.core.files import sha256
from builders.dataset import manifest
from builders.dataset.manifest import Manifest, Visibility
from builders.dataset.spec import is_hidden
from builders.folders.rewriting import earlier_files
from builders.folders.verify import verify_folder
from builders.publishing import anew, secrecy


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


def public_upload(folder: Path, private: Path) -> Upload:
    """Check the public folder, its bytes for hidden labels included; what the data give is made
    anew and compared.

    Args:
        folder: data set folder.
        private: folder of its hidden labels, whose secrets must not be in any text.

    Raises:
        RequestError: it is not what its manifest says, would give away a hidden label, or has
            hidden labels whose secrets are not there to be looked for.
    """
    folder_manifest = _manifest(folder, "public")
    hiding = _hiding(folder_manifest)
    hidden = _hidden(private, hiding) if hiding else None
    secrets = frozenset() if hidden is None else secrecy.secrets_of(hidden)
    _verify(folder, private)
    secrecy.check_public(folder, folder_manifest, secrets)
    anew.check_anew(folder, folder_manifest, hidden)
    return _upload(folder, folder_manifest)


def private_upload(folder: Path) -> Upload:
    """Check the folder of hidden labels.

    Raises:
        RequestError: it is not what its manifest says, or is a public folder.
    """
    folder_manifest = _manifest(folder, "private")
    _verify(folder, None)
    return _upload(folder, folder_manifest)


def _hiding(folder_manifest: Manifest) -> list[str]:
    """Configs that have hidden labels."""
    configs = folder_manifest.configs.items()
    return [name for name, entry in configs if any(map(is_hidden, entry.spec.rows))]


def _hidden(private: Path, hiding: list[str]) -> Manifest:
    """The manifest of the hidden labels."""
    if not (private / manifest.NAME).is_file():
        raise RequestError(
            f"nothing was sent: {private} is not a data set folder, so nobody can tell whether "
            "the public files give a hidden label away. Give that of the hidden labels with "
            "--private."
        )
    private_manifest = manifest.read(private)
    manifest.check_visibility(private_manifest, private, "private")
    missing = sorted(set(hiding) - set(private_manifest.configs))
    if missing:
        raise RequestError(
            f"nothing was sent: {private} lacks {', '.join(missing)}, so nobody can tell whether "
            "the public files give a hidden label of it away. Give the right folder with "
            "--private, or build that again."
        )
    return private_manifest


def _manifest(folder: Path, kind: Visibility) -> Manifest:
    folder_manifest = manifest.read(folder)
    manifest.check_current(folder_manifest, folder)
    manifest.check_visibility(folder_manifest, folder, kind)
    return folder_manifest


def _verify(folder: Path, private: Path | None) -> None:
    report = verify_folder(folder, private)
    if not report.ok:
        problems = "\n".join(f"- {problem}" for problem in report.problems[:10])
        raise RequestError(
            f"nothing was sent: {folder} is not what its manifest says, "
            f"{counted(len(report.problems), 'problem')}:\n{problems}"
        )
    if earlier := earlier_files(folder, manifest.read(folder)):
        raise RequestError(
            f"nothing was sent: {counted(len(earlier), 'file')} of {folder}, first {earlier[0]}, "
            "have the layout of an earlier version, and pyarrow before 26 cannot read withheld "
            f"labels in it. Write them again: qslbench card {folder} --files"
        )


def _upload(folder: Path, folder_manifest: Manifest) -> Upload:
    files = {path: entry.sha256 for path, entry in folder_manifest.files.items()}
    # The manifest cannot hold its own hash; its digest was checked when it was read.
    files[manifest.NAME] = sha256(folder / manifest.NAME)
    return Upload(folder, folder_manifest.visibility == "private", dict(sorted(files.items())))
