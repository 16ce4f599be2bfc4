"""Everything `make run` starts on one machine: the servers, the roles and their supervisor.

Imports nothing of the shop: it only starts processes and tells them where the others are.
"""
