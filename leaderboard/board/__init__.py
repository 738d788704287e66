"""The board: what pages, programs and commands call."""
