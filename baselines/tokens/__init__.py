"""Networks over measured tokens."""
