"""The example at the end of a command's help."""


def example(*lines: str) -> str:
    """The epilog of a command: lines that can be typed as they stand, none of them wrapped.

    >>> example("qslbench list families").splitlines()[1:]
    ['Example:', '  qslbench list families']
    """
    return "\n".join(["\b", "Example:", *(f"  {line}" for line in lines)])
