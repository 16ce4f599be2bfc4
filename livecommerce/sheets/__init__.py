"""Spreadsheets as files: what comes in is bounded and not believed, what goes out is inert."""
