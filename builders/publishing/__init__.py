"""Bring folders to the Hub, and no hidden label with them."""
