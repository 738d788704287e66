"""A conditional generative model of the measurements, asked for shadows of a new Hamiltonian."""

from baselines.tokens.generator import Generator


class Model(Generator):
    """p(outcomes | couplings, bases) by a causal transformer; labels from the shadows it draws.

    After Wang, Weber, Izaac, Lin, "Predicting properties of quantum systems with conditional
    generative models", arXiv 2211.16943. Theirs: one sequence of outcomes a shot, a transformer
    that reads them site by site, an encoding of the couplings added to the tokens' embeddings,
    maximum likelihood on all training rows together, labels from drawn shadows; 4 layers of 128
    and 4 heads, Adam at 1e-3 with a warm-up and a cosine (their public code).

    Ours: 2 layers of 32; couplings enter as what a site sees of them (`features.SiteWindow`)
    instead of through a graph network, and positions as distances, so that all sites are learnt
    together; bases are given, not generated; every shot is read from both ends; labels are taken
    from the drawn shots and their probabilities, see `Generator`, which has the settings.
    """

    title = "Conditional generative transformer, labels from its shadows"
