"""`qslbench board`: serve the board's pages.

What is not given is read from the environment, under the names that the pages read themselves.
"""

import ipaddress
import json
import tomllib
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import get_args

import click

from builders import families
from builders.core import extras
from builders.core.errors import RequestError, WorkError
from builders.core.examples import example
from builders.dataset import manifest
from leaderboard.board.settings import Settings, SignIn
from leaderboard.display.place import HIDDEN, PREFIX, SHOWN, BoardPlace
from leaderboard.web.hosts import VARIABLE, Hosts
from leaderboard.web.serve import Address, running, stopped_by_signals

_SECRETS = Path(".streamlit/secrets.toml")


@click.command(
    name="board", epilog=example("qslbench board --data data --private data-private --store board")
)
@click.option(
    "--port",
    default=8501,
    envvar=f"{PREFIX}PORT",
    show_default=True,
    show_envvar=True,
    help="0 takes a free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    envvar=f"{PREFIX}HOST",
    show_default=True,
    show_envvar=True,
    help="0.0.0.0 serves the network.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar=f"{PREFIX}DATA",
    show_envvar=True,
    help="Public data set folder; remembered.",
)
@click.option(
    "--private",
    type=click.Path(path_type=Path),
    envvar=f"{PREFIX}PRIVATE",
    show_envvar=True,
    help="Folder of hidden labels; `<data>-private` by default; remembered.",
)
@click.option(
    "--store",
    default="board",
    envvar=f"{PREFIX}STORE",
    show_default=True,
    show_envvar=True,
    help="Folder, or a database URL.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    envvar=f"{PREFIX}FOLDER",
    show_envvar=True,
    help="Where predictions are kept; needed with a database URL.",
)
@click.option(
    "--sign-in",
    type=click.Choice(get_args(SignIn)),
    help="Whose files are taken: everybody's, or those of accounts only; remembered.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    envvar=VARIABLE,
    show_envvar=True,
    metavar="NAME",
    help="Answer to this name, beside numbers, localhost and this machine's own; * for all.",
)
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    envvar=f"{PREFIX}PROXIES",
    show_envvar=True,
    metavar="ADDRESS",
    help="Believe what this address, or network such as 10.0.0.0/8, says of whom it serves.",
)
@click.option(
    "--show-labels/--hide-labels",
    "labels",
    default=None,
    help="Whether a board without a season shows true values and errors of single rows; by default "
    "where only this machine reaches it (--host 127.0.0.1) and nobody has to sign in.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    port: int,
    host: str,
    data: Path | None,
    private: Path | None,
    store: str,
    folder: Path | None,
    sign_in: str | None,
    hosts: tuple[str, ...],
    proxies: tuple[str, ...],
    labels: bool | None,
    open_browser: bool,
    as_json: bool,
) -> None:
    """Serve pages and the HTTP interface under /api until interrupted."""
    extras.need("app")
    _check_pages()
    address = Address.free(host, port)
    place, settings = _checked(store, data, private, folder, sign_in)
    if labels is None:
        labels = is_loopback(host) and settings.sign_in == "open" and not _signs_in()
    # Said either way: the pages inherit this process's environment.
    place = replace(place, labels=SHOWN if labels else HIDDEN)
    environment = place.to_environment() | _reached(host, hosts) | _believed(proxies)
    with stopped_by_signals(), running(address, environment) as child:
        click.echo(json.dumps(_facts(address, place, settings)) if as_json else _text(address))
        if open_browser:
            click.launch(address.url)
        status = child.wait()
        raise WorkError(f"the board's pages ended with status {status}; the reason is above.")


def _reached(host: str, names: tuple[str, ...]) -> dict[str, str]:
    """The names that the board answers to: those given, and the one that it listens on."""
    every = [one for name in names for one in name.split(",")]
    return Hosts.of([*every, host]).to_environment()


def _believed(proxies: tuple[str, ...]) -> dict[str, str]:
    """The proxies whose `X-Forwarded-For` counts, as the server wants to be told.

    Raises:
        RequestError: one is no address in numbers.
    """
    every = [one.strip() for proxy in proxies for one in proxy.split(",")]
    for one in filter(None, every):
        try:
            ipaddress.ip_network(one)
        except ValueError:
            raise RequestError(
                f"--proxy {one!r} is no address. Give one such as 127.0.0.1, or a network such as "
                "10.0.0.0/8."
            ) from None
    return {"FORWARDED_ALLOW_IPS": ",".join(filter(None, every))}


def _signs_in() -> bool:
    """Whether the pages will have a sign-in, see docs/sign-in.md."""
    try:
        secrets = tomllib.loads(_SECRETS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return "auth" in secrets


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server on that host."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_pages() -> None:
    """Refuse a plug-in page that is broken, which the board would leave out of its menu."""
    from leaderboard import views

    for name in views.plug_ins():
        views.load(name)


def _checked(
    store: str,
    data: Path | None,
    private: Path | None,
    folder: Path | None,
    sign_in: str | None,
) -> tuple[BoardPlace, Settings]:
    """The place with absolute paths, after opening the board there once."""
    is_url = "://" in store
    home = Path(store) if folder is None else folder
    if data is None and not is_url and not home.is_dir():
        raise RequestError(
            f"no board at {home}. Name the data it scores with, --data and --private, to make one."
        )
    given = BoardPlace(
        store if is_url else str(Path(store).resolve()),
        *(None if path is None else str(path.resolve()) for path in (data, private, folder)),
    )
    board = given.open(sign_in)
    board.close()
    _check_families(board.settings.data)
    return given, board.settings


def _check_families(data: Path | None) -> None:
    """Refuse data of a family that is not here: no page could show its cells."""
    if data is None or not (data / manifest.NAME).is_file():
        return
    contents = manifest.read(data)
    for config in contents.configs:
        families.load(contents.config(config).family)


def _facts(address: Address, place: BoardPlace, settings: Settings) -> dict[str, object]:
    return {
        "url": address.url,
        "host": address.host,
        "port": address.port,
        "data": None if settings.data is None else str(settings.data),
        "private": None if settings.private is None else str(settings.private),
        "sign_in": settings.sign_in,
        "show_labels": place.labels == SHOWN,
        "folder": place.folder or place.store,
    }


def _text(address: Address) -> str:
    return f"The board is at {address.url} (stop it with Ctrl-C)."
