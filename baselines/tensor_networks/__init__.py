"""Convolutional arithmetic circuits as tree tensor networks: widths, cuts, ranks, entanglement."""
