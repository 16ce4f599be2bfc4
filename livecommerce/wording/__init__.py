"""What people write, judged: cleaning, banned words, contacts, advertising law.

Knows no room, no product and no model. See docs/wording.md.
"""
