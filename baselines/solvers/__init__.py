"""Entries that solve Hamiltonians instead of learning."""
