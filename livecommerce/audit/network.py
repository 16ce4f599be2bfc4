"""The network a request came from, and no more than that."""

import ipaddress

V4_PREFIX, V6_PREFIX = 24, 48


def masked_network(address: str) -> str:
    """`203.0.113.77` → `203.0.113.0/24`, IPv6 to its /48; empty for anything else."""
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    prefix = V4_PREFIX if found.version == 4 else V6_PREFIX
    return str(ipaddress.ip_network(f"{found}/{prefix}", strict=False))
