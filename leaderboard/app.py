"""The board in a browser. `qslbench board` starts this file with Streamlit."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

WORDMARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="118" height="28" viewBox="0 0 118 28">'
    '<g fill="#14958a"><circle cx="6" cy="20" r="4"/><circle cx="14" cy="8" r="4"/>'
    '<circle cx="22" cy="20" r="4"/></g>'
    '<path d="M6 20 14 8l8 12" fill="none" stroke="#14958a" stroke-width="2"/>'
    # A fixed length, as sans-serif fonts differ in width.
    '<text x="33" y="20" font-family="sans-serif" font-weight="600" font-size="17" '
    'textLength="83" lengthAdjust="spacingAndGlyphs" fill="#14958a">qslbench</text></svg>'
)
# Streamlit leaves 6rem above the title; the page needs the width for its table.
LAYOUT = """<style>
.stMainBlockContainer { padding: 4.5rem 3rem 4rem; max-width: 1500px; }
@media (max-width: 640px) { .stMainBlockContainer { padding: 4.5rem 1rem 3rem; } }
</style>"""

# Group in the menu → file, title, icon; the group "" stands at the top level.
PAGES = {
    "": [
        ("ranking", "Board", "leaderboard"),
        ("overall", "Overall", "social_leaderboard"),
        ("submit", "Submit", "upload_file"),
        ("data", "Data", "grid_on"),
    ],
    "Results": [
        ("cell", "A cell", "monitoring"),
        ("curves", "Curves", "show_chart"),
        ("entry", "An entry", "description"),
        ("compare", "Compare two", "compare_arrows"),
        ("randomisation", "Randomisation", "shuffle"),
    ],
    "Rules": [
        ("about", "About", "menu_book"),
        ("log", "Decision log", "gavel"),
    ],
}


def main() -> None:
    """Lay out the page that the address names."""
    st.set_page_config(
        page_title="qslbench board", page_icon=":material/leaderboard:", layout="wide"
    )
    st.html(LAYOUT)
    st.logo(WORDMARK, size="large")
    pages = {group: [_page(*page) for page in found] for group, found in PAGES.items()}
    st.navigation(pages, position="top").run()


def _page(name: str, title: str, icon: str) -> StreamlitPage:
    return st.Page(
        f"views/{name}.py",
        title=title,
        icon=f":material/{icon}:",
        url_path=name,
        default=name == "ranking",
    )


if __name__ == "__main__":
    main()
