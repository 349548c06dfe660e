"""The seeds held to the orders that they were typed from, and the refusals of a broken one."""
