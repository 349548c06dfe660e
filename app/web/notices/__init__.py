"""Notices: what a person should know, on My tasks and above the overdue tracker."""
