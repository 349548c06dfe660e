"""Lists of tasks that people keep under a name."""
