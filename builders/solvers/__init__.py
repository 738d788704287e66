"""How states are found or made: matrix product states, exact methods, stabilizers."""
