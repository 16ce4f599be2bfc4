import itertools

import pytest

from streams.media.embedded import h264
from streams.media.embedded.muxer import Muxer
from streams.media.embedded.window import Window
from tests.streams.media.coded import Feed, open_media, pictures

pytestmark = pytest.mark.asyncio


class Studio:
    def __init__(self, **options):
        self.window = Window(part_seconds=0.5, segment_seconds=2.0, length=50, first_number=100)
        self.segments = []
        self.asked = []
        self.muxer = Muxer(
            self.window,
            ask_for_key=lambda: self.asked.append(True),
            wall_origin_ms=1_700_000_000_000,
            on_segment=self.segments.append,
            **options,
        )
        self.feed = Feed(self.muxer)


def packets(media, kind):
    return [p for p in media.demux() if p.stream.type == kind and p.size]


async def test_segments_can_be_demuxed_and_hold_every_picture():
    studio = Studio()
    studio.feed.send(pictures(count=150))
    studio.muxer.finish()

    init = studio.segments[0].init
    data = init.data + b"".join(segment.data for segment in studio.segments)
    media = open_media(data)
    video = media.streams.video[0]
    assert (video.width, video.height) == (320, 180)
    assert media.streams.audio[0].codec_context.name == "aac"
    assert len(packets(media, "video")) == 150
    decoded = sum(1 for _ in open_media(data).decode(video=0))
    assert decoded == 150


async def test_times_grow_without_gap_from_the_paths_own_clock():
    studio = Studio()
    studio.feed.send(pictures(count=120))
    studio.muxer.finish()

    data = studio.segments[0].init.data + b"".join(s.data for s in studio.segments)
    times = [p.dts for p in packets(open_media(data), "video")]
    assert times[0] == 90_000
    assert {b - a for a, b in itertools.pairwise(times)} == {3000}
    sound = [p.dts for p in packets(open_media(data), "audio")]
    assert {b - a for a, b in itertools.pairwise(sound)} == {1024}
    assert abs(sound[0] / 48_000 - times[0] / 90_000) < 0.03


async def test_parts_never_exceed_their_target_and_say_where_one_can_begin():
    studio = Studio()
    studio.feed.send(pictures(count=150))
    studio.muxer.finish()

    parts = [part for segment in studio.segments for part in segment.parts]
    assert max(part.seconds for part in parts) <= 0.5
    assert all(segment.parts[0].is_independent for segment in studio.segments)
    assert [round(segment.seconds, 3) for segment in studio.segments] == [2.0, 2.0, 1.0]


async def test_a_part_stands_alone_behind_its_init():
    studio = Studio()
    studio.feed.send(pictures(count=60))
    studio.muxer.finish()

    segment = studio.segments[0]
    media = open_media(segment.init.data + segment.parts[0].data)
    assert len(packets(media, "video")) == 15
    assert sum(1 for _ in open_media(segment.init.data + segment.parts[0].data).decode(video=0))


async def test_another_picture_size_is_a_new_map_and_a_discontinuity():
    studio = Studio()
    studio.feed.send(pictures(count=60))
    studio.feed.send(pictures(180, 320, 60))
    studio.muxer.finish()

    first, second = studio.segments
    assert not first.is_discontinuity
    assert second.is_discontinuity
    assert second.init.number == second.number
    assert (second.init.width, second.init.height) == (180, 320)
    assert len(packets(open_media(second.init.data + second.data), "video")) == 60


async def test_the_next_publisher_begins_a_discontinuity_and_media_time_skips_the_gap():
    studio = Studio()
    studio.feed.send(pictures(count=60))
    studio.muxer.finish()
    assert studio.muxer.media_ms == 2000
    studio.feed.clock += 30  # half a minute without a host
    studio.feed.send(pictures(count=60))
    studio.muxer.finish()

    first, second = studio.segments
    assert second.is_discontinuity
    assert (first.media_ms, second.media_ms) == (0, 2000)
    assert second.wall_ms - first.wall_ms == 32_000
    assert studio.muxer.media_ms == 4000


async def test_a_recording_taken_up_again_goes_on_in_media_time():
    studio = Studio(media_ms=61_000)
    studio.feed.send(pictures(count=60))
    studio.muxer.finish()

    assert studio.segments[0].media_ms == 61_000
    assert studio.segments[0].is_discontinuity


async def test_pictures_without_sound_get_silence():
    studio = Studio()
    studio.feed.send(pictures(count=90), with_sound=False)
    studio.muxer.finish()

    data = studio.segments[0].init.data + b"".join(s.data for s in studio.segments)
    sound = packets(open_media(data), "audio")
    assert len(packets(open_media(data), "video")) == 90
    assert abs(len(sound) * 1024 / 48_000 - 3.0) < 0.1


async def test_nothing_is_shown_before_a_key_picture_and_one_is_asked_for():
    studio = Studio()
    studio.feed.send(pictures()[1:20])

    assert studio.window.init is None
    assert studio.asked == [True]


async def test_a_long_group_of_pictures_is_asked_to_end():
    studio = Studio()
    studio.feed.send(pictures(count=90, every=90))

    assert studio.asked == [True]


async def test_media_time_runs_within_a_segment():
    studio = Studio()
    studio.feed.send(pictures(count=45))

    assert 1400 <= studio.muxer.media_ms <= 1500


async def test_picture_times_that_stand_still_are_moved_on():
    studio = Studio()
    key, delta = (h264.parse_picture(unit) for unit in pictures()[:2])
    for index, picture in enumerate((key, delta, delta)):
        studio.muxer.push_picture(picture, 90_000 + min(index, 1))
    studio.muxer.finish()

    data = studio.segments[0].init.data + studio.segments[0].data
    assert [p.dts for p in packets(open_media(data), "video")] == [90_000, 90_001, 90_002]
