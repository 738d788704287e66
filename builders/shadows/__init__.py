"""Classical shadows: labels estimated from random-Pauli shots."""
