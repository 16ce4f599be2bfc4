"""The rules of a show: who may do what, when, and what everyone in the room is told."""
