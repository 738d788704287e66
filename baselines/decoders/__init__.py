"""Decoders: from the detection events of a shot to the flip of a logical observable."""
