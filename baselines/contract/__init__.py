"""What a baseline is, what it is shown, and the grids that it is run on."""
