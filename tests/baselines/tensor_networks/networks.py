"""Random networks and partitions of them for the tests."""

from hypothesis import strategies as st

from baselines.tensor_networks.architecture import Architecture, layers


@st.composite
def networks(draw: st.DrawFn, most: int = 16, widest: int = 6) -> tuple[Architecture, list[int]]:
    """A network of up to `most` sites, padded or not, and the sites of a part."""
    window = draw(st.sampled_from([2, 2, 3, 4]))
    sites = draw(st.integers(2, most))
    features = draw(st.integers(1, 3 if sites <= 8 else 2))
    depth = layers(sites, window)
    widths = draw(st.lists(st.integers(1, widest), min_size=depth, max_size=depth))
    sides = draw(st.lists(st.booleans(), min_size=sites, max_size=sites))
    part = [i for i, side in enumerate(sides) if side]
    if len(part) in (0, sites):
        part = [draw(st.integers(0, sites - 1))]
    return Architecture(sites, features, tuple(widths), window), part
