"""The convolutions that are shown the measurements as well."""

from baselines.models import cnn


class Model(cnn.Model):
    """`cnn` with three further channels: ⟨X_i⟩, ⟨Y_i⟩, ⟨Z_i⟩ estimated from the row's shots."""

    title = "Convolutional network, with measurements"
    uses_test_shots = True
    records = ("pauli_tokens",)
