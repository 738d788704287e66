"""Kinds of families: how the rows of each kind are made, certified and labelled."""
