"""The plan as the order prints it, and the page of each activity."""
