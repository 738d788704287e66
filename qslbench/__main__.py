"""`python -m qslbench`: the command line."""

from qslbench.command_line import main

if __name__ == "__main__":
    main()
