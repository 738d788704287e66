"""Time evolution: free fermions exactly, other chains by matrix product states."""
