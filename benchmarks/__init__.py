"""Measurements behind the numbers in the documentation; never run by the tests."""
