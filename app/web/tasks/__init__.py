"""My tasks, and the page of one task with everything that can be done there."""
