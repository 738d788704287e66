"""The board's HTTP interface: what the pages show, for programs, and a door for files."""
