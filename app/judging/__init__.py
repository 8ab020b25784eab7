"""Whether one model answers better than another on held-out questions."""
