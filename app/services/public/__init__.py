"""What everybody may read of a plan, and nothing else of it."""
