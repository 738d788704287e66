"""What a data set says of itself: card, Croissant, quoted measurements."""
