"""Reports: made, listed and downloaded."""
