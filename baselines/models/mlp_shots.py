"""The perceptron that is shown the measurements as well."""

from baselines.models import mlp


class Model(mlp.Model):
    """`mlp` with 3 N further inputs: ⟨X_i⟩, ⟨Y_i⟩ and ⟨Z_i⟩ estimated from the row's shots."""

    title = "Multilayer perceptron, with measurements"
    uses_test_shots = True
    records = ("pauli_tokens",)
