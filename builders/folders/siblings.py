"""Where the folder of hidden labels lies: beside the public one, unless said otherwise."""

from pathlib import Path

from builders.core.names import PRIVATE


def private_folder(public: Path) -> Path:
    """`<public>-private`, where the hidden labels are kept by default."""
    public = public.absolute()
    return public.with_name(f"{public.name}{PRIVATE}")


def public_folder(private: Path) -> Path | None:
    """The folder without `-private`, if the name ends so and the folder is there."""
    path = private.resolve()
    if not path.name.endswith(PRIVATE):
        return None
    public = path.with_name(path.name.removesuffix(PRIVATE))
    return public if public.is_dir() else None
