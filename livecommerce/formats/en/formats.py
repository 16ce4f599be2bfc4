"""Dates as they are written in English."""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATETIME_FORMAT = "j M, H:i"
TIME_FORMAT = "H:i"
