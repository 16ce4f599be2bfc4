"""Offers and answers as text: what may be refused, and what is put into an answer."""

import re

from aiortc import RTCIceCandidate
from aiortc.sdp import candidate_from_sdp

LONGEST_OFFER = 64 * 1024

# Without a start bitrate Chromium, which hears only REMB here, stays at 480x270 for 20 s.
_BITRATE_HINTS = ";x-google-start-bitrate=1500;x-google-min-bitrate=300;x-google-max-bitrate=3000"
_MEDIA = re.compile(r"^m=(audio|video) ", re.MULTILINE)
_H264 = re.compile(r"^a=rtpmap:\d+ H264/90000", re.MULTILINE | re.IGNORECASE)
_VP8 = re.compile(r"^a=rtpmap:\d+ VP8/90000", re.MULTILINE | re.IGNORECASE)
_H264_FORMAT = re.compile(r"(a=fmtp:\d+ [^\r\n]*profile-level-id=[0-9a-fA-F]+)")
_HOST_CANDIDATE = re.compile(
    r"^(a=candidate:)(\S+)( \d+ udp \d+ )(\S+)( \d+ typ host.*?)(\r?)$", re.MULTILINE
)


class BadOffer(ValueError):
    """The words are sent back with status 400."""


def media_kinds(offer: str) -> list[str]:
    """ "audio" and "video" in the offer's order. Raises BadOffer for what is no offer."""
    if not offer.lstrip().startswith("v=0"):
        raise BadOffer("the body is not an SDP offer (it must begin with v=0)")
    kinds = _MEDIA.findall(offer)
    if not kinds:
        raise BadOffer("the SDP offer has neither audio nor video")
    if len(kinds) != len(set(kinds)):
        raise BadOffer("the SDP offer has more than one audio or video track")
    return kinds


def offers_h264(offer: str) -> bool:
    return bool(_H264.search(offer))


def offers_vp8(offer: str) -> bool:
    return bool(_VP8.search(offer))


def add_bitrate_hints(answer: str) -> str:
    return _H264_FORMAT.sub(rf"\1{_BITRATE_HINTS}", answer)


def add_public_address(answer: str, address: str) -> str:
    """Behind NAT: repeat each host candidate with the address the world sees."""
    if not address:
        return answer
    seen: set[str] = set()

    def with_public(match: re.Match[str]) -> str:
        prefix, foundation, middle, own, rest, end = match.groups()
        port = rest.split()[0]
        if ":" in own or own == address or port in seen:
            return match.group(0)
        seen.add(port)
        return f"{match.group(0)}\n{prefix}{foundation}p{middle}{address}{rest}{end}"

    return _HOST_CANDIDATE.sub(with_public, answer)


def trickled_candidates(fragment: str) -> list[RTCIceCandidate]:
    """Candidates of a PATCH body (RFC 8840). Raises BadOffer when a line cannot be read."""
    mid = None
    candidates = []
    for line in fragment.splitlines():
        if line.startswith("a=mid:"):
            mid = line[6:].strip()
        elif line.startswith("a=candidate:"):
            try:
                candidate = candidate_from_sdp(line[len("a=candidate:") :])
            except (ValueError, IndexError, AssertionError):
                raise BadOffer("a candidate line cannot be read") from None
            candidate.sdpMid = mid or "0"
            candidates.append(candidate)
    return candidates
