"""Ground states of many Hamiltonians at once by the density-matrix renormalisation group."""
