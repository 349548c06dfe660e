"""Comments beside a task: written, withdrawn, shown with their links and mentions."""
