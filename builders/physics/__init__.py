"""What a family is, and the physics that it is stated in: Hamiltonians, sectors, phases."""
