"""Rankings, curves, comparisons and references from stored scores."""
