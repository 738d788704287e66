"""manifest.json: what every file of a data set folder holds, and what made it."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from builders import families
from builders.core.errors import RequestError, unknown
from builders.core.names import PRIVATE, is_repo, parse_config
from builders.core.strict import Strict, first_fault
from builders.dataset.spec import BuildSpec
from builders.physics.calibration import Calibration
from builders.physics.certificate import VARIANCE_LIMIT
from builders.physics.site_channel import SiteChannel

NAME = "manifest.json"
FORMAT: Final = 2
"""Of folders that are written; those of format 1, whose seed rebuilds hidden labels, are read."""

Visibility = Literal["public", "private"]


@dataclass(frozen=True)
class Provenance:
    """How the rows of a config were computed.

    Attributes:
        solver: name of the solver.
        tolerances: name → value, what the solver was asked for.
        wall_seconds: time of the build.
        cpu_seconds: processor time of the build, all workers.
        versions: package → version.
        certificate: measured exactness, such as the largest energy variance.
        hardware: processor or accelerator, in words.
        absent: label columns that no row has.
        imported: name → SHA-256 of the files of others that rows were read from; None if computed.
        withheld: those of `imported` that hold hidden labels: named in the private folder alone.
        table: `file` and `sha256` of the table that gave the parameters; None if they were drawn.
    """

    solver: str
    tolerances: dict[str, float]
    wall_seconds: float
    cpu_seconds: float
    versions: dict[str, str]
    certificate: dict[str, Any] = field(default_factory=dict)
    hardware: str = ""
    absent: tuple[str, ...] = ()
    imported: dict[str, str] | None = None
    withheld: tuple[str, ...] = ()
    table: dict[str, str] | None = None

    def __post_init__(self) -> None:
        if not self.solver or self.wall_seconds < 0 or self.cpu_seconds < 0:
            raise ValueError(f"{self.solver=} {self.wall_seconds=} {self.cpu_seconds=}")
        try:
            json.dumps(asdict(self), allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{self} holds a value that JSON cannot hold: {error}") from None


class FileEntry(Strict):
    """One file: its size and hashes. `content` is the hash of the values; None for text, which has
    no rows and no split either.
    """

    bytes: int
    sha256: str
    rows: int | None = None
    content: str | None = None
    config: str | None = None
    split: str | None = None


class SourceFile(Strict):
    """A file that a config was made from: its name and the SHA-256 of its bytes."""

    file: Annotated[str, Field(pattern=r"^[^/\x00-\x1f\x7f]{1,255}$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ConfigEntry(Strict):
    """One config: what it was built from and how.

    `recipe` is the version of the way from a seed to a row, `record` the kind of what was measured,
    `classes` the names of the values of each label that is a class; `distribution_ood` is that of
    the split `test_ood`, if it was built. `rows` counts the rows of every split that was built,
    `commitment` is the salted hash of the hidden labels (public folder), `salt` its key and
    `test_seed` what rebuilds them (private folder). `absent` are label columns that are null in
    every row, `imported` the files of others that the rows were read from (name → SHA-256).
    `channel` is the noise that the record went through, `calibration` the numbers of its device, so
    that nothing else is needed to compute rows again. `source` is the file of a family that is none
    of this package, which stands beside the rows; `table` the file that gave the parameters of the
    rows, where they were not drawn. `phases` was `classes` in format 1.
    """

    family: str
    size: str
    channel: str | None = None
    calibration: Calibration | None = None
    recipe: str = "1"
    record: str = "pauli_tokens"
    seed: int
    test_seed: int | None = None
    shots: int
    rows: dict[str, int]
    formula: str
    distribution: str
    distribution_ood: str | None = None
    classes: dict[str, tuple[str, ...]] | None = None
    phases: tuple[str, ...] | None = None
    parameters: list[dict[str, Any]]
    solver: str
    tolerances: dict[str, float]
    versions: dict[str, str]
    certificate: dict[str, Any]
    hardware: str
    wall_seconds: float
    cpu_seconds: float
    commitment: str | None = None
    salt: str | None = None
    absent: tuple[str, ...] | None = None
    imported: dict[str, str] | None = None
    source: SourceFile | None = None
    table: SourceFile | None = None

    @property
    def made_by(self) -> families.MadeBy | None:
        """The file of its family; None of one of this package."""
        return None if self.source is None else families.MadeBy(**self.source.model_dump())

    @property
    def spec(self) -> BuildSpec:
        """What `build` was asked for."""
        family = families.load(self.family)
        asked = BuildSpec(
            *(self.family, family.geometry.parse(self.size), self.rows, self.shots, self.seed),
            test_seed=self.test_seed,
            channel=self.channel or "",
            calibration=self.calibration,
            table="" if self.table is None else self.table.sha256,
        )
        limit = self.tolerances.get("variance_limit", VARIANCE_LIMIT)
        if limit == VARIANCE_LIMIT:
            return asked
        return replace(asked, variance_limit=limit, bond=int(self.tolerances["bond"]))

    @property
    def site_channel(self) -> SiteChannel | None:
        """What flipped the bits of its shots; None where nothing did."""
        return self.spec.site_channel

    @property
    def public_spec(self) -> BuildSpec:
        """The same without what the private folder alone knows: equal in both folders."""
        return replace(self.spec, test_seed=None)


class Manifest(Strict):
    """The whole of manifest.json.

    Attributes:
        format: version of this layout.
        name: name of the data set.
        visibility: `public` (test labels withheld) or `private` (test labels only).
        configs: config name → entry.
        files: path inside the folder → entry.
    """

    format: Literal[1, 2] = FORMAT
    name: str
    visibility: Visibility
    configs: dict[str, ConfigEntry] = Field(default_factory=dict)
    files: dict[str, FileEntry] = Field(default_factory=dict)

    def config(self, name: str) -> ConfigEntry:
        """The entry of a config.

        Raises:
            RequestError: no such config; the message holds the nearest one. Or its family is of
                another file than the one here.
        """
        if name not in self.configs:
            raise unknown("config", name, self.configs)
        entry = self.configs[name]
        families.check_source(entry.family, entry.made_by, f"config {name} of {self.name}")
        return entry

    def splits(self, config: str) -> dict[str, dict[str, FileEntry]]:
        """Split → its files by path, in shard order; splits in their usual order."""
        by_split: dict[str, dict[str, FileEntry]] = {}
        for split in self.config(config).rows:
            files = {
                path: entry
                for path, entry in sorted(self.files.items())
                if (entry.config, entry.split) == (config, split)
            }
            if files:
                by_split[split] = files
        return by_split

    def texts(self, config: str) -> dict[str, FileEntry]:
        """Paths of the text files beside the rows of a config, sorted; not that of its family."""
        source = self.config(config).source
        return {
            path: entry
            for path, entry in sorted(self.files.items())
            if entry.config == config
            and entry.split is None
            and (source is None or Path(path).name != source.file)
        }

    @property
    def digest(self) -> str:
        """SHA-256 of all the rest, the last key of the file: it names the data, every byte."""
        return _digest(self.model_dump(mode="json", exclude_none=True))

    def to_text(self) -> str:
        """The canonical text of the file; its last key is the digest of the rest."""
        body = self.model_dump(mode="json", exclude_none=True)
        return json.dumps({**body, "digest": _digest(body)}, indent=1) + "\n"


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def parse(text: str, where: Path) -> Manifest:
    """Read the text of a manifest and check its digest.

    Raises:
        RequestError: not JSON, not this format, or changed after it was written.
    """
    try:
        body = json.loads(text)
        digest = body.pop("digest", None) if isinstance(body, dict) else None
        manifest = Manifest.model_validate(body)
        for name, entry in manifest.configs.items():
            said = parse_config(name)
            if (said.family, str(said.size), said.channel) != (
                *(entry.family, entry.size),
                entry.channel or "",
            ):
                raise RequestError(f"config {name} says {entry.family} {entry.size}.")
            if entry.made_by is not None:
                beside = where.parent / "data" / name / entry.made_by.file
                families.expect(entry.family, entry.made_by, where, beside)
    except (ValidationError, ValueError) as error:
        first = first_fault(error) if isinstance(error, ValidationError) else str(error)
        raise RequestError(
            f"{where} is not a manifest of this format ({first}). "
            "Fetch the folder or build it again."
        ) from None
    if _digest(body) != digest:
        raise RequestError(
            f"{where} was changed after it was written: its digest does not match. "
            "Fetch the folder or build it again."
        )
    return manifest


def check_current(manifest: Manifest, folder: Path) -> None:
    """Refuse to add to a folder of an earlier format, to check it or to publish it.

    Raises:
        RequestError: such a folder.
    """
    if manifest.format != FORMAT:
        raise RequestError(
            f"{folder} is a data set folder of format {manifest.format}; this version writes and "
            f"checks format {FORMAT}. Its files can be loaded, learnt from and scored. Its public "
            "seed rebuilds hidden labels: build the configs anew, in another folder, before you "
            "publish or open a season."
        )


def check_visibility(manifest: Manifest, folder: Path, needed: Visibility) -> None:
    """Refuse the folder of hidden labels in place of the public one, and the reverse.

    Raises:
        RequestError: such a folder.
    """
    if manifest.visibility != needed:
        name, other = str(folder), "another folder"
        if needed == "private":
            other = f"that of its hidden labels, by default {name}{PRIVATE}"
        elif name.endswith(PRIVATE):
            other = name.removesuffix(PRIVATE)
        raise RequestError(
            f"{folder} is a {manifest.visibility} data set folder; a {needed} one is needed here. "
            f"Give {other}."
        )


def fetching(folder: Path | str) -> str:
    """What to give instead of a folder that is not there: of a name on the Hub, how to fetch it."""
    name = str(folder)
    if not is_repo(name):
        return "Give a folder that `build` wrote."
    return (
        f"Is it a name on the Hub? Then fetch it, `hf download {name} --repo-type dataset "
        f"--local-dir FOLDER`, and give FOLDER; else a folder that `build` wrote."
    )


def read(folder: Path) -> Manifest:
    """The manifest of a data set folder.

    Raises:
        RequestError: no folder, no manifest, or not a valid one.
    """
    if not folder.is_dir():
        raise RequestError(f"no data set folder at {folder}. {fetching(folder)}")
    path = folder / NAME
    if not path.is_file():
        raise RequestError(
            f"{folder} has no {NAME}, so it is not a data set folder. "
            "Give a folder that `build` wrote or that was fetched whole."
        )
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise RequestError(
            f"{path} is not UTF-8 text. Fetch the folder or build it again."
        ) from None
    return parse(text, path)
