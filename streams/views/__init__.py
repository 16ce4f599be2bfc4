"""Pages and hooks of the shows: parse, call one domain function, render."""
