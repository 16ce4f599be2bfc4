"""How honestly a show or a festival came by its figures; docs/reports.md says what is looked at."""
