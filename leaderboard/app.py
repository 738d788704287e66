"""The board in a browser. `qslbench board` starts this file with Streamlit."""

import sys
from functools import cache
from urllib.parse import quote

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from builders.core.errors import RequestError
from leaderboard import views
from leaderboard.display import address, session
from leaderboard.display.page import FoundPage, menu
from leaderboard.refusals import AwayError

MARK = (
    '<g fill="#14958a"><circle cx="6" cy="20" r="4"/><circle cx="14" cy="8" r="4"/>'
    '<circle cx="22" cy="20" r="4"/></g>'
    '<path d="M6 20 14 8l8 12" fill="none" stroke="#14958a" stroke-width="2"/>'
)
# A Material symbol as the icon of a page would be fetched from elsewhere.
ICON = "data:image/svg+xml," + quote(
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28">{MARK}</svg>'
)
WORDMARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="118" height="28" viewBox="0 0 118 28">'
    f"{MARK}"
    # A fixed length, as sans-serif fonts differ in width.
    '<text x="33" y="20" font-family="sans-serif" font-weight="600" font-size="17" '
    'textLength="83" lengthAdjust="spacingAndGlyphs" fill="#14958a">qslbench</text></svg>'
)
# Streamlit leaves 6rem above the title; the page needs the width for its table. Its captions,
# icons, sliders and coloured code have less contrast than the 4.5 that WCAG asks for.
LAYOUT = """<style>
.stMainBlockContainer { padding: 4.5rem 3rem 4rem; max-width: 1500px; }
/* A wide picture scrolls by itself: the page never does. */
[class*="st-key-wide-"] { overflow-x: auto; }
@media (max-width: 640px) { .stMainBlockContainer { padding: 4.5rem 1rem 3rem; } }
.stApp h2 { font-size: 1.6rem; }
.stApp [data-testid="stCode"] .token { color: inherit !important; }
.stApp [data-testid="stCode"] .token.keyword { font-weight: 600; }
.stApp [data-testid="stCode"] .token.comment { opacity: 0.8; }
.stApp [data-testid="stSliderThumbValue"], .stApp [data-testid="stSliderThumbValue"] p {
  color: inherit; }
.stApp [data-testid="stIconMaterial"] { color: inherit; }
.stApp [data-testid="stCaptionContainer"] { color: inherit; opacity: 0.8; }
</style>"""


def main() -> None:
    """Lay out the page that the address names."""
    st.set_page_config(page_title="qslbench", page_icon=ICON, layout="wide")
    st.html(LAYOUT)
    st.logo(WORDMARK, size="large")
    page = st.navigation(_menu(), position="top")
    st.set_page_config(page_title=f"{page.title} · qslbench", page_icon=ICON)
    with address.kept(page):
        try:
            page.run()
        except AwayError as error:
            session.away(error)


def _menu() -> dict[str, list[StreamlitPage]]:
    """All pages by group. A plug-in that is broken is left out, and the log says why."""
    found = []
    for name in views.names():
        try:
            found.append(views.load(name))
        except RequestError as fault:
            _say(str(fault))
    groups = menu(found)
    first = next(iter(groups.values()))[0]
    return {
        group: [_page(view, default=view == first) for view in pages]
        for group, pages in groups.items()
    }


@cache
def _say(fault: str) -> None:
    """Once a process, and not on the page, which strangers read."""
    print(fault, file=sys.stderr, flush=True)


def _page(view: FoundPage, *, default: bool) -> StreamlitPage:
    return st.Page(
        view.file,
        title=view.page.title,
        icon=f":material/{view.page.icon}:",
        url_path=view.name,
        default=default,
    )


if __name__ == "__main__":
    main()
