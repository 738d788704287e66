"""What the board's pages share: sentences, tables, charts, and the way to the board.

Text that strangers wrote (names, authors, notes, refusals that quote a file) is shown by
`st.text`, `st.code`, data frames and charts alone: none of them reads Markdown or HTML. Elsewhere
it is escaped, every word, by `plain.literal` in Markdown and by `html.escape` in `st.html`.
"""
