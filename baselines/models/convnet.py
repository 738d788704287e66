"""The ordinary network of the shape of `convac`: ReLU and maxima in place of products."""

from baselines.networks.tree_baseline import TreeBaseline


class Model(TreeBaseline):
    """As `convac`, weight for weight, with ReLU after every matrix and max pooling.

    Levine et al. 2018 tried on such networks too what they proved for the ConvAC.
    """

    title = "Convolutional network of the ConvAC's shape (ReLU, max pooling)"
    is_circuit = False
