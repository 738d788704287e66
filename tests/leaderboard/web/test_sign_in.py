"""Who a visitor is: accounts from identity tokens, and sign-in by a real provider on loopback."""

import re
import socket
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from builders.core.errors import RequestError
from leaderboard.board.service import Board
from leaderboard.display.visitor import account, shown_name
from tests.leaderboard.answers import open_season, write
from tests.leaderboard.chromium import says, screenshot, upload, visitor, wait
from tests.leaderboard.oidc import CLIENT, Provider, provider
from tests.leaderboard.serving import served
from tests.paths import ROOT

DOCS = ROOT / "docs" / "sign-in.md"


@pytest.mark.parametrize(
    ("issuer", "name"),
    [
        ("https://huggingface.co", "huggingface.co/7"),
        ("https://a.b/realms/x/", "a.b/realms/x/7"),
        ("https://a.b:8443", "a.b:8443/7"),
    ],
)
def test_account_is_issuer_and_subject(issuer, name) -> None:
    claims = {"iss": issuer, "sub": "7", "email": "ada@a.b", "preferred_username": "ada"}
    assert account(claims) == name
    assert shown_name(claims) == "ada"
    # Another name or address is still the same account, and the same name elsewhere is not.
    assert account(claims | {"preferred_username": "eve"}) == name
    assert account(claims | {"iss": "https://other.org"}) != name


@pytest.mark.parametrize("claims", [{}, {"iss": "https://a.b"}, {"sub": "7", "email": "a@b.c"}])
def test_a_token_without_identity_is_refused(claims) -> None:
    with pytest.raises(RequestError, match="no `iss` or no `sub`"):
        account(claims)


def test_an_account_fits_the_store() -> None:
    assert len(account({"iss": "https://a.b", "sub": "7" * 196})) == 200
    for subject in ("7" * 197, "a\nb"):
        with pytest.raises(RequestError, match="can be kept"):
            account({"iss": "https://a.b", "sub": subject})
    assert shown_name({}) == "somebody"


def secrets_file(home: Path, port: int, found: Provider) -> None:
    """`.streamlit/secrets.toml` as docs/sign-in.md describes it."""
    (example,) = re.findall(r"```toml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    values = {
        "redirect_uri": f"http://127.0.0.1:{port}/oauth2callback",
        "cookie_secret": "0" * 64,
        "client_id": CLIENT[0],
        "client_secret": CLIENT[1],
        "server_metadata_url": f"{found.url}/.well-known/openid-configuration",
    }
    for key, value in values.items():
        example, count = re.subn(rf'(?m)^{key} = ".*"$', f'{key} = "{value}"', example)
        assert count == 1, key
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text(example, "utf-8")


@pytest.fixture
def port() -> int:
    """One that is free now: the provider must know where to send visitors back."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sign_in(browser, url: str, name: str) -> None:
    browser.get(f"{url}/submit")
    wait(browser, "button", lambda b: b.find_elements(By.XPATH, "//button[contains(., 'Sign in')]"))
    assert not browser.find_elements(By.CSS_SELECTOR, "[data-testid=stFileUploader]")
    browser.find_element(By.XPATH, "//button[contains(., 'Sign in')]").click()
    box = wait(browser, "provider", lambda b: b.find_elements(By.NAME, "login"))[0]
    box.send_keys(name)
    browser.find_element(By.TAG_NAME, "button").click()
    wait(browser, "the board", lambda b: b.find_elements(By.CSS_SELECTOR, "a[href$='/submit']"))
    browser.find_element(By.CSS_SELECTOR, "a[href$='/submit']").click()


@pytest.mark.browser
@pytest.mark.slow
def test_files_belong_to_who_signed_in(synthetic_folder, tmp_path, port) -> None:
    board = Board.open(tmp_path / "board", synthetic_folder.public)
    open_season(board, synthetic_folder, "s1", 1)
    with provider() as found:
        secrets_file(tmp_path, port, found)
        place = ("--store", tmp_path / "board")
        with (
            visitor(tmp_path) as browser,
            served(*place, port=port, folder=tmp_path) as (_, facts),
        ):
            host = found.url.removeprefix("http://")
            sign_in(browser, facts["url"], "ada")
            wait(browser, "name", says(f"Signed in as ada ({host}/id-of-ada)"))
            upload(browser, write(tmp_path / "p.parquet", synthetic_folder, 0.1, name="one"))
            wait(browser, "receipt", says("Accepted and scored"))
            screenshot(browser, tmp_path / "signed-in.png")
            upload(browser, write(tmp_path / "q.parquet", synthetic_folder, 0.2, name="two"))
            wait(browser, "the cap", says("has submitted 1 file in season s1"))

            browser.find_element(By.XPATH, "//button[contains(., 'Sign out')]").click()
            wait(browser, "start page", lambda b: "/submit" not in b.current_url)
            sign_in(browser, facts["url"], "eve")
            wait(browser, "other name", says("Signed in as eve"))
            upload(browser, write(tmp_path / "q.parquet", synthetic_folder, 0.2, name="two"))
            wait(browser, "receipt", says("Accepted and scored"))
        assert {"discovery", "token", "jwks"} <= set(found.asked)
    accounts = [entry["account"] for entry in board.log() if entry["kind"] == "accepted"]
    assert accounts == [f"{host}/id-of-ada", f"{host}/id-of-eve"]
    board.close()
