"""One subcommand of `qslbench` a file, found by file name; each file defines `command`."""
