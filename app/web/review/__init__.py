"""The controller's review queue."""
