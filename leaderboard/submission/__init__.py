"""A submission: its file, its metadata, and what is refused."""
