"""Where the folder of hidden labels lies: beside the public one, unless said otherwise."""

from pathlib import Path

_SUFFIX = "-private"


def private_folder(public: Path) -> Path:
    """`<public>-private`, where the hidden labels are kept by default."""
    public = public.absolute()
    return public.with_name(f"{public.name}{_SUFFIX}")


def public_folder(private: Path) -> Path | None:
    """The folder without `-private`, if the name ends so and the folder is there."""
    path = private.resolve()
    if not path.name.endswith(_SUFFIX):
        return None
    public = path.with_name(path.name.removesuffix(_SUFFIX))
    return public if public.is_dir() else None
