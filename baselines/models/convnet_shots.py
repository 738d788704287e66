"""The network of `convnet` over outcomes of measurements, a mean over shots."""

from baselines.models import convnet


class Model(convnet.Model):
    """Each shot's outcomes, one of six a site → `convnet` → mean over shots → label or class.

    The Hamiltonian is not seen.
    """

    title = "Convolutional network of the ConvAC's shape, of the test row's shots"
    uses_test_shots = True
    records = ("pauli_tokens",)
