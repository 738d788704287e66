"""The board and the Hub: submissions by pull request, results as metadata."""
