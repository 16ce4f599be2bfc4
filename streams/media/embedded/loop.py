"""An event loop whose UDP sockets stay inside a port range, so that a firewall can be opened."""

import asyncio
import errno
import random
from collections.abc import Callable
from typing import Any


class MediaLoop(asyncio.SelectorEventLoop):
    """aioice asks for port 0; uvloop cannot be subclassed this way, hence asyncio's own loop."""

    def __init__(self, udp_ports: tuple[int, int]) -> None:
        super().__init__()
        self._udp_ports = udp_ports

    async def create_datagram_endpoint(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], asyncio.DatagramProtocol],
        local_addr: tuple[str, int] | None = None,
        **options: Any,
    ) -> tuple[asyncio.DatagramTransport, asyncio.DatagramProtocol]:
        create = super().create_datagram_endpoint
        if local_addr is None or local_addr[1] != 0:
            return await create(protocol_factory, local_addr=local_addr, **options)
        low, high = self._udp_ports
        for port in random.sample(range(low, high + 1), high - low + 1):
            try:
                return await create(protocol_factory, local_addr=(local_addr[0], port), **options)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
        raise OSError(errno.EADDRINUSE, f"every UDP port from {low} to {high} is in use")
