"""block2, an independent DMRG, behind one adapter."""
