"""The pages of the board, one a file; Streamlit runs each as a script."""
