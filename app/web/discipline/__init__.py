"""Who keeps the dates: by organisation, section and person, down to the tasks."""
