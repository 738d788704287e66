"""Scores of answers with intervals, and paired tests between them."""
