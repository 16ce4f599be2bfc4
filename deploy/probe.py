"""A container's health check: exits 0 when the address given answers 200. The image has no curl."""

import sys
import urllib.request

with urllib.request.urlopen(sys.argv[1], timeout=3) as answer:
    sys.exit(answer.status != 200)
