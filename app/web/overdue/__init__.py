"""The overdue tracker."""
