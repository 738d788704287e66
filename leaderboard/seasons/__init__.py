"""Seasons: which labels are public when, and what a live score may tell."""
