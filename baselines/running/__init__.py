"""Runs of baselines: single cells, whole protocols, the demo."""
