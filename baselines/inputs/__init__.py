"""What models read: geometry, couplings around sites and pairs, sums over shots."""
