"""Pages and fragments of buying: parse, call one domain function, render."""
