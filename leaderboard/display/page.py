"""How a page declares itself, and the pages of the menu in their order."""

import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

_RUNS = '__name__ == "__main__"'


@dataclass(frozen=True)
class Page:
    """What a file of `leaderboard/views` says of its page, as `PAGE`.

    Attributes:
        title: in the menu.
        icon: name of a Material symbol, such as `star`.
        group: heading in the menu; "" stands at the top level.
        order: place among all pages; the first page is the one that the bare address shows.
    """

    title: str
    icon: str
    group: str
    order: int

    def __post_init__(self) -> None:
        if not self.title or not self.icon:
            raise ValueError(f"{self.title=} and {self.icon=} of a page: neither may be empty")


@dataclass(frozen=True)
class FoundPage:
    """A page with its file.

    Attributes:
        name: of the file, and in the address.
        file: absolute path; Streamlit runs it.
        page: what it declares.
    """

    name: str
    file: Path
    page: Page


def declared(module: ModuleType) -> FoundPage:
    """The page that a module holds.

    Raises:
        TypeError: it declares none, or Streamlit would run it and show nothing.
        StreamlitAPIException: the icon is none.
    """
    from streamlit.string_util import validate_material_icon

    name = module.__name__.rpartition(".")[2]
    page = getattr(module, "PAGE", None)
    if not isinstance(page, Page):
        raise TypeError(f"{module.__file__}: `PAGE` is {page!r}, a Page is needed")
    if not callable(getattr(module, "page", None)):
        raise TypeError(f"{module.__file__}: the function `page` is missing, which lays it out")
    if _RUNS not in inspect.getsource(module):
        raise TypeError(f"{module.__file__}: call `page()` at the end, under `if {_RUNS}`")
    validate_material_icon(f":material/{page.icon}:")
    return FoundPage(name, Path(str(module.__file__)).absolute(), page)


def menu(pages: Iterable[FoundPage]) -> dict[str, list[FoundPage]]:
    """Group → its pages; groups and pages in the order of the pages."""
    groups: dict[str, list[FoundPage]] = {}
    for view in sorted(pages, key=lambda view: (view.page.order, view.name)):
        groups.setdefault(view.page.group, []).append(view)
    return groups
