"""Batches of matrix product states: charges, overlaps, labels, shots."""
