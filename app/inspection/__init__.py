"""What a file really is and holds: looked at in a child process, for the file may be made to do harm."""
