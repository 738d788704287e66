"""LLM4QPE without pre-training: the whole network is learnt from the labelled rows."""

from baselines.tokens.llm4qpe import Llm4qpe


class Model(Llm4qpe):
    """See `baselines.tokens.llm4qpe`; a cell's rows for pre-training are not looked at."""

    title = "Measurement transformer, from labels alone"
    pretrains = False
