"""The arithmetic circuit of `convac` over outcomes of measurements, a mean over shots."""

from baselines.models import convac


class Model(convac.Model):
    """Each shot's outcomes, one of six a site → `convac` → mean over shots → label or class.

    What it learns is an observable, whose coefficients on strings of outcomes are a tree tensor
    network, and shots give an unbiased estimate of it. The Hamiltonian is not seen.
    """

    title = "Convolutional arithmetic circuit of the test row's shots"
    uses_test_shots = True
    records = ("pauli_tokens",)
