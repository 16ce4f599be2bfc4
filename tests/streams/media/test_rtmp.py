"""RTMP encoders: ffmpeg as a real one, and what others might send."""

import asyncio
import contextlib
import socket
import subprocess
from pathlib import Path

import httpx
import imageio_ffmpeg
import pytest

from streams.media.embedded import rtmp_wire
from streams.media.embedded.encoder_process import arguments, flv_tag
from streams.media.embedded.rtmp import read_address
from streams.media.embedded.rtmp_wire import BadRtmp, Connection
from streams.media.engines import create_engine
from tests.streams.media.harness import SECRET, Role, free_port, mint, wait_for


@pytest.fixture(scope="module")
def door(hooks, tmp_path_factory):
    port = free_port()
    role = Role(
        hooks,
        MEDIA_RTMP_PORT=str(port),
        MEDIA_RTMP_LIMIT="2",
        MEDIA_UDP_PORTS="41200-41239",
        RECORDINGS_DIR=str(tmp_path_factory.mktemp("rtmp-recordings")),
    )
    role.rtmp = f"rtmp://127.0.0.1:{port}"
    role.rtmp_port = port
    yield role
    role.stop()


@contextlib.contextmanager
def encoding(address, *, b_frames=0, sound=True, codec="libx264"):
    """An encoder in another place: ffmpeg's RTMP, H.264 and AAC, as OBS sends them."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-re"]
    command += ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30"]
    if sound:
        command += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100", "-c:a", "aac"]
    if codec == "libx264":
        command += ["-c:v", codec, "-preset", "ultrafast", "-g", "30", "-bf", str(b_frames)]
        command += ["-pix_fmt", "yuv420p", "-b:v", "300k"]
    else:
        command += ["-c:v", codec]
    process = subprocess.Popen(
        [*command, "-f", "flv", address],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)
        process.stderr.close()


def sessions(role):
    return role.get("/v3/rtmpconns/list").json()["items"]


def encoders_of(role):
    """Processes of ffmpeg that the role started."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
            if int(parent) == role.process.pid:
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def test_an_encoder_is_on_air_with_picture_and_sound_and_off_when_it_stops(door):
    address = f"{door.rtmp}/encoder?token={mint('encoder', 'publish')}"
    with encoding(address):
        info = wait_for(lambda: (i := door.path_info("encoder")) and i["width"] and i)
        assert (info["width"], info["height"]) == (320, 180)
        assert info["tracks"] == ["H264", "Opus"]
        (session,) = sessions(door)
        assert (session["state"], session["path"]) == ("publish", "encoder")
        (command,) = encoders_of(door)
        assert "-c:v copy" in command
        assert mint("encoder", "publish").split(".")[0] not in command, "no key in a command line"
        listing = wait_for(lambda: _played(door, "encoder"))
        assert "\ns" in listing
    wait_for(lambda: not door.is_online("encoder"))
    wait_for(lambda: not sessions(door))
    wait_for(lambda: not encoders_of(door))


def test_pictures_out_of_order_are_encoded_anew(door):
    address = f"{door.rtmp}/bframes?token={mint('bframes', 'publish')}"
    with encoding(address, b_frames=2):
        wait_for(lambda: (i := door.path_info("bframes")) and i["width"])
        assert "-bf 0" in encoders_of(door)[0]
    wait_for(lambda: not encoders_of(door))


def test_a_kick_ends_the_encoder_and_its_process(door):
    engine = create_engine("embedded", door.base, secret=SECRET)
    address = f"{door.rtmp}/kicked?token={mint('kicked', 'publish')}"
    with encoding(address) as process:
        wait_for(lambda: door.is_online("kicked"))
        assert engine.kick("kicked") >= 1
        assert "kicked" not in engine.online_paths()
        wait_for(lambda: not encoders_of(door))
        assert process.wait(20) != 0, "the encoder is told"


@pytest.mark.parametrize(
    "token", ["", "?token=guess", f"?token={mint('other', 'publish')}", f"?token={mint('x')}"]
)
def test_without_a_key_for_the_path_no_process_is_started(door, hooks, token):
    with encoding(f"{door.rtmp}/stranger{token}") as process:
        assert process.wait(20) != 0
    assert not encoders_of(door)
    assert door.path_info("stranger") is None


def test_django_is_asked_in_mediamtxs_words(door, hooks):
    with encoding(f"{door.rtmp}/words?token=guess") as process:
        process.wait(20)

    question = [q for q in hooks.questions if q["path"] == "words"][-1]
    assert (question["protocol"], question["action"]) == ("rtmp", "publish")
    assert question["query"] == "token=guess"
    assert question["ip"] == "127.0.0.1"


def test_more_encoders_than_places_are_refused(door):
    def address(path):
        return f"{door.rtmp}/{path}?token={mint(path, 'publish')}"

    with encoding(address("one")), encoding(address("two")):
        wait_for(lambda: {s["path"] for s in sessions(door)} == {"one", "two"})
        with encoding(address("three")) as third:
            assert third.wait(20) != 0
        assert {s["path"] for s in sessions(door)} == {"one", "two"}
    wait_for(lambda: not sessions(door))


def test_the_same_encoder_after_a_broken_connection_takes_its_place(door):
    address = f"{door.rtmp}/again?token={mint('again', 'publish')}"
    with encoding(address) as first:
        wait_for(lambda: door.is_online("again"))
        with encoding(address):
            assert first.wait(20) != 0
            wait_for(lambda: len(sessions(door)) == 1)
            wait_for(lambda: door.is_online("again"))
    wait_for(lambda: not sessions(door))


def test_a_picture_that_is_not_h264_is_refused(door):
    address = f"{door.rtmp}/flv1?token={mint('flv1', 'publish')}"
    with encoding(address, codec="flv") as process:
        assert process.wait(20) != 0
    assert not encoders_of(door)


def test_rubbish_ends_the_connection_and_nothing_else(door):
    for rubbish in (b"GET / HTTP/1.1\r\n\r\n" + bytes(2000), b"\x03" + bytes(5000), b""):
        with socket.create_connection(("127.0.0.1", door.rtmp_port), timeout=20) as client:
            client.sendall(rubbish)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass
    assert door.get("/livez").status_code == 200
    assert sessions(door) == []


def test_the_door_is_closed_unless_it_is_asked_for(role):
    assert role.get("/v3/rtmpconns/list").json()["items"] == []
    answer = httpx.post(f"{role.base}/v3/rtmpconns/kick/0", timeout=30)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("app", "playpath", "told"),
    [
        ("room?token=k", "", ("room", "k")),
        ("", "room?token=k", ("room", "k")),
        ("room", "?token=k", ("room", "k")),
        ("room", "sk_abc", ("room", "sk_abc")),
        ("live", "room?token=k", ("room", "k")),
        ("live/room", "sk_abc", ("room", "sk_abc")),
        ("room", "", ("", "")),
        ("a/b", "c?token=k", ("", "")),
        ("../x", "?token=k", ("", "")),
        ("room", "?token=" + "k" * 3000, ("", "")),
    ],
)
def test_addresses_as_encoders_split_them(app, playpath, told):
    assert read_address(app, playpath) == told


def test_a_tag_of_flv_carries_its_time_in_two_pieces():
    tag = flv_tag(9, 0x01020304, b"abc")

    assert tag[:11] == bytes([9, 0, 0, 3, 2, 3, 4, 1, 0, 0, 0])
    assert tag[-4:] == (14).to_bytes(4)


def test_the_key_frame_copy_is_the_cheap_way():
    assert "libx264" not in arguments("http://x", "t", has_b_frames=False)
    assert "libx264" in arguments("http://x", "t", has_b_frames=True)


# ---- the wire


@pytest.mark.parametrize("value", [None, True, 1.5, "words", {"a": {"b": "c"}, "n": 2.0}])
def test_amf_values_come_back_as_they_went(value):
    assert rtmp_wire.decode(rtmp_wire.encode(value)) == [value]


@pytest.mark.parametrize(
    "data",
    [b"\x02\xff\xff", b"\x03\x00\x01a", b"\x63", b"\x00\x01", b"\x02\x00\x01\xff", b"\x03" * 50],
)
def test_broken_amf_is_refused(data):
    with pytest.raises(BadRtmp):
        rtmp_wire.decode(data)


def received(data, *, largest=1000):
    """The messages a connection makes of these bytes."""

    async def read():
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        connection = Connection(reader, _Nowhere(), largest=largest)
        found = []
        with contextlib.suppress(EOFError):
            while True:
                found.append(await connection.receive())
        return found

    return asyncio.run(read())


class _Nowhere:
    def write(self, data):
        pass


def chunk(form, number, *, timestamp=0, length=0, kind=9, stream=1, data=b""):
    head = bytes([form << 6 | number])
    if form < 3:
        head += timestamp.to_bytes(3)
    if form < 2:
        head += length.to_bytes(3) + bytes([kind])
    if form == 0:
        head += stream.to_bytes(4, "little")
    return head + data


def test_messages_are_put_together_from_interleaved_chunks():
    wire = chunk(0, 4, timestamp=1000, length=200, data=b"a" * 128)
    wire += chunk(0, 5, timestamp=1010, length=3, kind=8, data=b"snd")
    wire += chunk(3, 4, data=b"a" * 72)
    wire += chunk(1, 4, timestamp=33, length=2, data=b"bb")
    wire += chunk(2, 4, timestamp=34, data=b"cc")
    wire += chunk(3, 4, data=b"dd")

    messages = received(wire)
    assert [(m.kind, m.timestamp, m.data) for m in messages] == [
        (8, 1010, b"snd"),
        (9, 1000, b"a" * 200),
        (9, 1033, b"bb"),
        (9, 1067, b"cc"),
        (9, 1101, b"dd"),
    ]


def test_times_beyond_three_bytes_are_read():
    wire = chunk(0, 4, timestamp=0xFFFFFF, length=1) + (20_000_000).to_bytes(4) + b"x"

    assert received(wire)[0].timestamp == 20_000_000


def test_the_chunk_size_may_change():
    wire = chunk(0, 2, length=4, kind=1, stream=0, data=(4096).to_bytes(4))
    wire += chunk(0, 4, length=900, data=b"z" * 900)

    assert received(wire)[0].data == b"z" * 900


@pytest.mark.parametrize(
    "wire",
    [
        chunk(0, 4, length=0xFFFFFF),
        chunk(0, 2, length=4, kind=1, data=bytes(4)),
        b"".join(chunk(0, n, length=500, data=b"x" * 128) for n in range(2, 20)),
        chunk(0, 4, length=500, data=b"x" * 128) + chunk(0, 4, length=2, data=b"yy"),
    ],
    ids=["too-long", "chunk-of-nothing", "too-many-streams", "torn"],
)
def test_what_asks_for_too_much_is_refused(wire):
    with pytest.raises(BadRtmp):
        received(wire)


def _played(role, path):
    answer = role.get(f"/{path}/plain.m3u8?token={mint(path)}")
    return answer.text if answer.status_code == 200 and "\ns" in answer.text else ""
