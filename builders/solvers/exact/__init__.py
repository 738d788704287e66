"""Oracles: exact diagonalisation, state vectors, free fermions."""
