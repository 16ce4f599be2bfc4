import pytest

from streams.media.embedded import sdp

ANSWER = """v=0\r
a=candidate:abc 1 udp 2130706431 192.0.2.7 41003 typ host\r
a=candidate:abd 1 udp 2130706431 fd00::2 41004 typ host\r
a=rtpmap:106 H264/90000\r
a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not an SDP offer"),
        ("hello", "not an SDP offer"),
        ("v=0\r\ns=-\r\n", "neither audio nor video"),
        ("v=0\r\nm=video 9 X 1\r\nm=video 9 X 1\r\n", "more than one"),
    ],
)
def test_what_is_no_offer_is_refused_with_words(text, words):
    with pytest.raises(sdp.BadOffer, match=words):
        sdp.media_kinds(text)


def test_media_kinds_keep_the_offers_order():
    assert sdp.media_kinds("v=0\r\nm=audio 9 X 1\r\nm=video 9 X 1\r\n") == ["audio", "video"]


def test_bitrate_hints_follow_the_h264_format():
    assert (
        "profile-level-id=42e01f;x-google-start-bitrate=1500;x-google-min-bitrate=300;"
        in sdp.add_bitrate_hints(ANSWER)
    )


def test_the_public_address_is_offered_beside_the_own_one():
    answer = sdp.add_public_address(ANSWER, "203.0.113.9")

    assert "a=candidate:abc 1 udp 2130706431 192.0.2.7 41003 typ host\r\n" in answer
    assert "a=candidate:abcp 1 udp 2130706431 203.0.113.9 41003 typ host\r\n" in answer
    assert answer.count("203.0.113.9") == 1
    assert sdp.add_public_address(ANSWER, "") == ANSWER


def test_trickled_candidates_are_read_with_their_mid():
    fragment = (
        "a=ice-ufrag:x\r\na=ice-pwd:y\r\nm=audio 9 X 0\r\na=mid:0\r\n"
        "a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\n"
    )
    (candidate,) = sdp.trickled_candidates(fragment)

    assert (candidate.sdpMid, candidate.ip, candidate.port) == ("0", "192.0.2.1", 61764)


def test_a_broken_candidate_is_refused():
    with pytest.raises(sdp.BadOffer, match="cannot be read"):
        sdp.trickled_candidates("a=mid:0\r\na=candidate:nonsense\r\n")
