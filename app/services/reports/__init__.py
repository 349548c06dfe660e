"""Reports: what they tell, and those that were made and are kept."""
