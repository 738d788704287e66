"""The board in a browser. `qslbench board` starts this file with Streamlit."""

import streamlit as st

WORDMARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="118" height="28" viewBox="0 0 118 28">'
    '<g fill="#14958a"><circle cx="6" cy="20" r="4"/><circle cx="14" cy="8" r="4"/>'
    '<circle cx="22" cy="20" r="4"/></g>'
    '<path d="M6 20 14 8l8 12" fill="none" stroke="#14958a" stroke-width="2"/>'
    '<text x="33" y="20" font-family="sans-serif" font-weight="600" font-size="18" '
    'fill="#14958a">qslbench</text></svg>'
)
# Streamlit leaves 6rem above the title; the page needs the width for its table.
LAYOUT = """<style>
.stMainBlockContainer { padding: 4.5rem 3rem 4rem; max-width: 1500px; }
@media (max-width: 640px) { .stMainBlockContainer { padding: 4.5rem 1rem 3rem; } }
</style>"""


def main() -> None:
    """Lay out the page that the address names."""
    st.set_page_config(
        page_title="qslbench board", page_icon=":material/leaderboard:", layout="wide"
    )
    st.html(LAYOUT)
    st.logo(WORDMARK, size="large")
    pages = [
        st.Page(
            "views/ranking.py",
            title="Ranking",
            icon=":material/leaderboard:",
            url_path="ranking",
            default=True,
        ),
        st.Page("views/submit.py", title="Submit", icon=":material/upload_file:"),
        st.Page("views/data.py", title="Data", icon=":material/grid_on:"),
    ]
    st.navigation(pages, position="top").run()


if __name__ == "__main__":
    main()
