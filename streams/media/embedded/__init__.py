"""The embedded media engine: WHIP in, LL-HLS and WHEP out, nothing of Django inside."""
