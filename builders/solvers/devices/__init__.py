"""Calibrated devices, from the fake backends that qiskit-ibm-runtime ships: no network is used."""
