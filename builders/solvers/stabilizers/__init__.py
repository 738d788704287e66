"""Stabilizer states: labels and shots by linear algebra over bits."""
