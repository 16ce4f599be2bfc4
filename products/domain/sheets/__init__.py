"""Many rows at once: read from a spreadsheet, looked at, then applied whole or not at all."""
