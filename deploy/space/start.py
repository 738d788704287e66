"""Start the board in a Space: fetch the data from the Hub, then become `qslbench board`.

Everything comes from the environment; README.md beside this file lists the variables. With
`--health` it asks the running board whether it is well, for the container's health check.
"""

import json
import os
import secrets
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

BOARD = "QSLBENCH_BOARD_"
SPACE = "QSLBENCH_SPACE_"


def main() -> None:
    """Replace this process by the board's."""
    if sys.argv[1:] == ["--health"]:
        sys.exit(0 if is_healthy(os.environ) else 1)
    home = Path.home()
    environment = prepared(os.environ, home)
    has_sign_in = write_sign_in(os.environ, home / ".streamlit" / "secrets.toml")
    season = season_command(environment)
    if season is not None:
        # Waits, so that no file is scored on all labels before the season is open.
        subprocess.run([sys.executable, *season], env=environment, check=True)
    board = board_command(environment, has_sign_in=has_sign_in)
    os.execvpe(sys.executable, [sys.executable, *board], environment)


def season_command(environment: Mapping[str, str]) -> list[str] | None:
    """What opens the season that a variable names, and does nothing where it is there already."""
    name = environment.get(f"{SPACE}SEASON", "")
    if not name:
        return None
    options = ["--keep", f"--data={environment[f'{BOARD}DATA']}"]
    options += [f"--private={environment[f'{BOARD}PRIVATE']}"]
    options += [f"--store={environment[f'{BOARD}STORE']}"]
    folder = environment.get(f"{BOARD}FOLDER")
    options += [f"--folder={folder}"] if folder else []
    return ["-m", "qslbench", "season", "open", *options, "--", name]


def board_command(environment: Mapping[str, str], *, has_sign_in: bool) -> list[str]:
    """The board's command: strangers sign in where they can, and labels are never shown before a
    close.
    """
    asked = environment.get(f"{SPACE}SIGN_IN", "required" if has_sign_in else "open")
    return ["-m", "qslbench", "board", "--sign-in", asked, "--hide-labels"]


def is_healthy(environment: Mapping[str, str]) -> bool:
    """Whether the pages answer on this machine."""
    url = f"http://127.0.0.1:{environment[BOARD + 'PORT']}/_stcore/health"
    # Without the proxies of the environment: the server is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def prepared(environment: Mapping[str, str], home: Path) -> dict[str, str]:
    """The board's environment, after its two data folders have been fetched.

    Exits with a sentence where a variable is missing.
    """
    store = environment.get(f"{BOARD}STORE", "")
    if not store:
        sys.exit(f"{BOARD}STORE is not set: a database URL, or a folder on a persistent disk.")
    if _is_lost(store, home) and environment.get(f"{SPACE}EPHEMERAL") != "1":
        sys.exit(
            f"{BOARD}STORE is {store!r}, on a disk that is emptied at every restart. Give a "
            f"database URL or a persistent folder; {SPACE}EPHEMERAL=1 starts it nevertheless."
        )
    ready = dict(environment)
    # The Hub's proxy alone reaches the container, from an address of its network.
    ready.setdefault(f"{BOARD}PROXIES", "10.0.0.0/8")
    if environment.get("SPACE_HOST"):
        ready.setdefault(f"{BOARD}HOSTS", environment["SPACE_HOST"])
    for name in ("DATA", "PRIVATE"):
        if f"{BOARD}{name}" not in ready:
            ready[f"{BOARD}{name}"] = str(fetched(environment, name, home / name.lower()))
    return ready


def fetched(environment: Mapping[str, str], name: str, folder: Path) -> Path:
    """The data set that a variable names, in `folder`."""
    wanted = environment.get(f"{SPACE}{name}", "")
    if not wanted:
        sys.exit(f"neither {SPACE}{name} nor {BOARD}{name} is set: which data are scored?")
    from huggingface_hub import snapshot_download

    repo, _, revision = wanted.partition("@")
    snapshot_download(
        repo,
        repo_type="dataset",
        revision=revision or None,
        token=environment.get("HF_TOKEN", "").strip() or None,
        local_dir=folder,
    )
    return folder


def write_sign_in(environment: Mapping[str, str], path: Path) -> bool:
    """Hand the Hub's OAuth client to `st.login`; false where the Space has none."""
    names = ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OPENID_PROVIDER_URL", "SPACE_HOST")
    if not all(environment.get(name) for name in names):
        return False
    client, secret, provider, host = (environment[name] for name in names)
    values = {
        "redirect_uri": f"https://{host}/oauth2callback",
        "cookie_secret": secrets.token_hex(32),
        "client_id": client,
        "client_secret": secret,
        "server_metadata_url": f"{provider.rstrip('/')}/.well-known/openid-configuration",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    # A JSON string is a TOML string.
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    # The Hub grants a Space no more than this unless its card asks for more.
    lines.append('client_kwargs = { scope = "openid profile" }')
    path.touch(mode=0o600)
    path.write_text("\n".join(["[auth]", *lines]) + "\n", encoding="utf-8")
    return True


def _is_lost(store: str, home: Path) -> bool:
    """Whether a store is a folder on the container's own disk, which is where the home is."""
    if "://" in store:
        return False
    folder = Path(store).absolute()
    while not folder.exists():
        folder = folder.parent
    return folder.stat().st_dev == home.stat().st_dev


if __name__ == "__main__":
    main()
