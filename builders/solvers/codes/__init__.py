"""Memory experiments of error-correcting codes: circuits by stim, shots of their error models."""
