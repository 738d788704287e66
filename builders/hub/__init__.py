"""The Hub as we call it: fetch, look, try again."""
