from pathlib import Path

import pytest

from streams.media.embedded.config import IceServer, MediaConfig, parse_ice_servers, parse_ports


def test_an_empty_environment_gives_the_documented_defaults():
    config = MediaConfig.from_environment({})

    assert (config.port, config.udp_ports) == (8002, (40000, 40099))
    assert config.recordings_dir is None
    assert config.part_seconds == 0.5


def test_every_variable_arrives():
    config = MediaConfig.from_environment(
        {
            "MEDIA_AUTH_URL": "http://127.0.0.1:8000/hooks/media/auth/s3cret",
            "MEDIA_HOOK_SECRET": "s3cret",
            "MEDIA_UDP_PORTS": "41000-41009",
            "MEDIA_PUBLIC_ADDRESS": "203.0.113.9",
            "MEDIA_ICE_SERVERS": "stun:a:3478,turn:b",
            "MEDIA_ALLOWED_ORIGINS": "https://a.example, https://b.example",
            "RECORDINGS_DIR": "/srv/recordings",
            "PORT": "9000",
        }
    )

    assert config.state_url == "http://127.0.0.1:8000/hooks/media/state/s3cret"
    assert config.udp_ports == (41000, 41009)
    assert config.ice_servers == (IceServer("stun:a:3478"), IceServer("turn:b"))
    assert config.allowed_origins == ("https://a.example", "https://b.example")
    assert config.recordings_dir == Path("/srv/recordings")
    assert config.port == 9002


def test_ice_servers_may_be_the_browsers_own_json():
    text = '[{"urls":["turn:a","turns:a"],"username":"u","credential":"c"},{"urls":"stun:b"}]'

    assert parse_ice_servers(text) == (
        IceServer("turn:a", "u", "c"),
        IceServer("turns:a", "u", "c"),
        IceServer("stun:b"),
    )


@pytest.mark.parametrize("text", ["", "x", "0", "9-8", "1-70000"])
def test_a_wrong_port_range_is_named(text):
    with pytest.raises(ValueError, match="MEDIA_UDP_PORTS"):
        parse_ports(text)


@pytest.mark.parametrize("text", ["[", "[1]", '[{"url":"x"}]'])
def test_wrong_ice_servers_are_named(text):
    with pytest.raises(ValueError, match="MEDIA_ICE_SERVERS"):
        parse_ice_servers(text)


def test_a_wrong_number_is_named():
    with pytest.raises(ValueError, match="MEDIA_HLS_PART_SECONDS"):
        MediaConfig.from_environment({"MEDIA_HLS_PART_SECONDS": "half"})
