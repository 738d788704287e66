"""ShadowGPT: a causal transformer whose prompt is the Hamiltonian and whose text are shots."""

from typing import TYPE_CHECKING, ClassVar

from baselines.tokens.generator import Generator

if TYPE_CHECKING:
    from baselines.tokens.token_network import Shape, TokenNetwork


class Model(Generator):
    """p(b | P, H) = Π_j p(b_j | P_j, (P, b) before j, prompt of H); labels from drawn shots.

    After Yao, You, "ShadowGPT: learning to solve quantum many-body problems from randomized
    measurements", arXiv 2411.03285. Theirs: a generative pre-trained transformer learns random
    Pauli outcomes b in bases P of ground states of many Hamiltonians by maximum likelihood; at a
    new one it writes outcomes for random bases, and energies, correlations and entropies are
    estimated from these classical shadows. They claim accurate properties over the parameter space
    of an Ising chain in a field and of the Z2 × Z2 cluster-Ising chain, whose Hamiltonians are a
    few numbers.

    Against `shadow_generator`: the couplings are a prompt of one token a site, which outcomes
    attend to, in place of the couplings around a site added to its token. The couplings of a
    benchmark differ from bond to bond, so that the prompt is as long as the chain.

    Different here: 2 layers of 32; positions are distances; a site's basis chooses one of three
    logits, since no outcome depends on a basis that is measured later; every shot is read from both
    ends; labels are taken from the drawn shots' probabilities, whose noise is far below that of
    the shadow estimate of as many shots, √(3/S), see `Generator`. What the body of the paper says
    of its sizes was not at hand.
    """

    title = "Causal transformer prompted by the Hamiltonian, labels from its shadows"
    half_width: ClassVar[int] = 0
    most_steps: ClassVar[int] = 500

    def _network(self, shape: "Shape") -> "TokenNetwork":
        from baselines.tokens.prompt_network import PromptNetwork

        return PromptNetwork(shape, self.seed)
