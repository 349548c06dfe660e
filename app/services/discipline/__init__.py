"""Discipline: counted by the database for the dashboard, and measured task by task for its own pages."""

from app.services.discipline.counting import OrganizationDiscipline, discipline_lines, pooled

__all__ = ["OrganizationDiscipline", "discipline_lines", "pooled"]
