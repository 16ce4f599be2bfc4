"""The show that a newcomer without a camera sees: drawn, played and published by ourselves."""
