"""What widths of a network carry: capacity against entropy, and what profiles learn."""

import streamlit as st

from builders.core.errors import WorkError
from leaderboard.display import inductive_bias, interval_chart, picture, session
from leaderboard.display.inductive_bias import FLAT, PROFILES, Record
from leaderboard.display.page import Page

ABOUT = """\
A convolutional arithmetic circuit is a tree tensor network: its channel widths bound the \
entanglement of what it computes by a **min-cut** (Levine, Yakira, Cohen, Shashua 2018). Should \
widths then follow the entanglement of the states that are learnt? Here networks of one parameter \
count, wide near the sites, wide near the output or flat, learn properties of exactly known ground \
states from the couplings. This experiment is part of the project, not a submission."""
TARGETS = {
    "near": "C of neighbouring sites",
    "far": "C of pairs half of the chain apart",
    "entropy": "Rényi-2 entropy of blocks",
    "string": "string order",
}
COMMANDS = """\
python -m benchmarks.inductive_bias --out benchmarks/results/inductive_bias.json
python -m benchmarks.inductive_bias --plot --write"""

PAGE = Page("Channel widths", "account_tree", group="Results", order=156)


def page() -> None:
    """The whole page."""
    st.title("Channel widths and entanglement")
    st.markdown(ABOUT)
    try:
        record = inductive_bias.record()
    except WorkError as error:
        st.error(str(error), icon=":material/error:")
        return
    left, right = st.columns(2)
    with left:
        model = session.choose("Network", inductive_bias.models(record), "network")
    with right:
        kinds = inductive_bias.targets(record)
        target = session.choose("Target", kinds, "target", show=lambda kind: TARGETS[kind])
    states = list(inductive_bias.families(record).values())
    st.header("Error of each profile")
    st.markdown(_told(record, model))
    errors = inductive_bias.accuracy(record, model, target)
    title = "error, spreads of the target"
    chart = interval_chart.lines(errors, ("ground states", title), states)
    picture.show(chart, f"Error of each profile of {model}")
    st.header("Capacity against entropy")
    _capacity(record, target)
    st.header("Sites permuted, and rearranged")
    st.markdown(_order(record, model))
    moved = inductive_bias.order(record, model, target)
    title = "error over that in the chain's order"
    named = [name for name in states if name in moved["at"].to_pylist()]
    chart = interval_chart.lines(moved, ("ground states", title), named)
    picture.show(chart, f"Error of {model} with sites in another order")
    st.caption(
        f"N = {record['sites']}, {record['pool']} training rows, {record['seeds']} seeds, "
        f"{record['parameters']} parameters; 95 % intervals from resampled seeds and test rows. "
        f"{record['hardware']}, {record['row_seconds'] + record['training_seconds']} CPU s."
    )
    session.downloads("inductive_bias", errors)
    st.header("Make it again")
    st.code(COMMANDS, language="sh")


def _told(record: Record, model: str) -> str:
    """What the profiles did, counted."""
    lines = []
    for profile in PROFILES[1:]:
        worse, better, count = inductive_bias.to_flat(record, model, profile)
        lines.append(
            f"**{inductive_bias.words(profile)}** is clearly worse than {FLAT} in {worse} and "
            f"clearly better in {better} of {count} cases"
        )
    found = inductive_bias.verdicts(record)
    return (
        f"Of `{model}`: {'; '.join(lines)}. “Proposed” are the widths that the measured entropies "
        f"ask for: against the best of a small search its circuits win {found['wins']}, tie "
        f"{found['ties']} and fail {found['fails']} times. An error of 1 is that of the mean."
    )


def _capacity(record: Record, target: str) -> None:
    names = inductive_bias.families(record)
    family = session.choose("Ground states", list(names), "family", show=lambda name: names[name])
    st.markdown(
        "Bits that blocks of 2ˡ sites share with the others: what a profile can carry (min-cut), "
        "what the states hold, and the entropy that Alexander et al. (2023) give a *data set*, "
        "labelled by the target above."
    )
    titles = ("scale l, blocks of 2ˡ sites", "bits")
    chart = interval_chart.lines(inductive_bias.scales(record, family, target), titles)
    picture.show(chart, "Bits that blocks share, by their size")


def _order(record: Record, model: str) -> str:
    worse, better, count = inductive_bias.to_chain(record, model, "permuted")
    return (
        f"Of `{model}` with sites in a random order the error is clearly larger in {worse} and "
        f"clearly smaller in {better} of {count} cases. What was not lost cannot come back: three "
        "ways to rearrange the sites stand beside it, by the surrogate entropy of the couplings, "
        "by mean C of training states, by the graph of the couplings. Families whose sites all "
        "bring the same numbers have no order to lose."
    )


if __name__ == "__main__":
    page()
