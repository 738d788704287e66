"""LLM4QPE with pre-training: first the outcomes are learnt, then the labels."""

from baselines.tokens.llm4qpe import Llm4qpe


class Model(Llm4qpe):
    """See `baselines.tokens.llm4qpe`.

    Pre-trained on all shots of the cell, those of the labelled rows and those of `Cell.pretrain`:
    all are paid for.
    """

    title = "Measurement transformer, pre-trained on outcomes"
    pretrains = True
