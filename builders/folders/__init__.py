"""Data-set folders: written, read, checked against their manifest."""
