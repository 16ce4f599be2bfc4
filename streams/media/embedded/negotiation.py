"""Offer in, answer out, with aiortc."""

from typing import Any

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)

from streams.media.embedded.passthrough import never_expire_consent
from streams.media.embedded.sdp import BadOffer


def new_connection() -> RTCPeerConnection:
    """Without STUN: aiortc would otherwise ask a server on the Internet for every connection."""
    return RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )


def video_codecs(name: str) -> list[Any]:
    """aiortc's capabilities for one codec, with the retransmission format that goes with it."""
    capabilities = RTCRtpReceiver.getCapabilities("video")
    codecs = capabilities.codecs if capabilities else []
    return [codec for codec in codecs if codec.name in (name, "rtx")]


async def negotiate(
    connection: RTCPeerConnection, offer: str, *, media_is_liveness: bool = False
) -> str:
    """The answer's SDP. aiortc raises almost anything for a broken offer; here it is BadOffer."""
    try:
        await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        if media_is_liveness:
            never_expire_consent(connection)
        await connection.setLocalDescription(await connection.createAnswer())
    except OSError:
        raise  # no free UDP port: not the offer's fault
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise BadOffer(f"the SDP offer cannot be used: {reason}") from error
    return str(connection.localDescription.sdp)
