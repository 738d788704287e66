"""A convolutional arithmetic circuit, which is a tree tensor network, on the parameters."""

from baselines.networks.tree_baseline import TreeBaseline


class Model(TreeBaseline):
    """Products over windows of channels: Σ A_{d1…dN} Π_i f_{d_i}(site i), A a tree tensor network.

    The ConvAC of Cohen, Sharir, Shashua 2016 and Levine, Yakira, Cohen, Shashua 2018 (arXiv
    1704.01552): its widths bound the entanglement of A by a min-cut
    (`baselines.tensor_networks.mincut`). Settings are those of `TreeBaseline`.
    """

    title = "Convolutional arithmetic circuit (tree tensor network)"
