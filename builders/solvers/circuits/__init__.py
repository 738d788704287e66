"""States of quantum circuits, by Qiskit Aer, and what a data set asks of them."""
