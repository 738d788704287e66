"""Cuts of weighted graphs, and the quantum approximate optimization algorithm on them."""
