"""The board as a server, and the client that submits to it."""
