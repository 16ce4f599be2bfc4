"""The containers run what the supervisor runs: same commands, ports and variables.

No engine is at hand in CI, so the files are read: against the compose specification (the
`compose-spec` package refuses unknown keys and malformed values) and against `roles.py`.
"""

import re
import shlex
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from compose_spec import PyCompose
from django.conf import settings

from livecommerce.embedded import roles

ROOT = Path(settings.BASE_DIR)
EXAMPLE = {
    name: value
    for name, _, value in (
        line.partition("=")
        for line in (ROOT / "deploy" / "production.env.example").read_text().splitlines()
        if line and not line.startswith("#")
    )
}
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<how>:[-?])(?P<word>[^}]*))?\}")


def interpolate(text, environment):
    """As compose does: `:-` gives a default, `:?` insists."""

    def value_of(found):
        value = environment.get(found["name"], "")
        if value or found["how"] is None:
            return value
        if found["how"] == ":?":
            raise KeyError(f"{found['name']} is not set: {found['word']}")
        return found["word"]

    return VARIABLE.sub(value_of, text)


@pytest.fixture(scope="module")
def services():
    text = interpolate((ROOT / "docker-compose.yml").read_text(), EXAMPLE)
    document = yaml.safe_load(text)  # resolves the anchors
    composed = PyCompose.from_yaml(yaml.safe_dump(document))
    composed.validate()
    return document["services"]


CONTAINED = [roles.PAGES, roles.REALTIME, roles.WORKER]


def test_specification_check_would_notice():
    with pytest.raises(ValueError, match="portz"):
        PyCompose.from_yaml("services: {a: {image: x, portz: [1]}}")


def test_every_production_role_has_its_container(services):
    assert {role.name for role in roles.PRODUCTION} <= set(services)


@pytest.mark.parametrize("role", CONTAINED, ids=lambda role: role.name)
def test_command_is_the_supervisors(services, role):
    service = services[role.name]

    expected = role.argv(service["environment"])

    assert service["command"] == ["python" if part == sys.executable else part for part in expected]


@pytest.mark.parametrize("role", CONTAINED, ids=lambda role: role.name)
def test_variables_are_those_the_role_needs(services, role):
    environment = services[role.name]["environment"]

    assert {name for name in role.needs if name not in environment} == set()
    assert set(role.defaults) - {"PYTHONWARNINGS"} <= set(environment)


@pytest.mark.parametrize("role", [r for r in CONTAINED if r.port], ids=lambda role: role.name)
def test_port_is_exposed_probed_and_proxied(services, role):
    service = services[role.name]
    port = service["environment"][role.port]

    assert service["expose"] == [port]
    assert service["healthcheck"]["test"][-1] == f"http://127.0.0.1:{port}{role.health}"
    assert re.search(rf"server {role.name}:{port};", (ROOT / "deploy/nginx.conf").read_text())


def test_every_variable_is_one_that_something_reads(services):
    sources = [
        ROOT / "livecommerce" / "settings.py",
        *(ROOT / "livecommerce/embedded").glob("*.py"),
    ]
    sources.append(ROOT / "streams" / "media" / "embedded" / "config.py")
    read = "\n".join(source.read_text() for source in sources)

    for role in CONTAINED:
        unread = {
            name
            for name in services[role.name]["environment"]
            if f'"{name}"' not in read and not name.startswith("GRANIAN_")
        }
        assert unread == set()


def test_example_gives_every_variable_that_is_insisted_on():
    with pytest.raises(KeyError, match="SECRET_KEY is not set"):
        interpolate((ROOT / "docker-compose.yml").read_text(), {})

    interpolate((ROOT / "docker-compose.yml").read_text(), EXAMPLE)


def test_servers_and_engine_are_not_published(services):
    published = {name for name, service in services.items() if service.get("ports")}

    assert published == {"nginx", "media"}
    assert services["media"]["ports"] == ["8189:8189/udp", "1935:1935"]  # what encoders send to


def test_shop_containers_have_no_more_rights_than_needed(services):
    for role in CONTAINED:
        assert services[role.name]["cap_drop"] == ["ALL"]
        assert services[role.name]["security_opt"] == ["no-new-privileges:true"]
    assert re.search(r"^USER shop$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


# --- MediaMTX -------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def mediamtx():
    return yaml.safe_load((ROOT / "deploy" / "mediamtx.yml").read_text())


def test_mediamtx_asks_the_shop_for_every_right(services, mediamtx):
    told = services["media"]["environment"]
    asks = f"http://pages:8000/hooks/media/auth/{EXAMPLE['MEDIA_HOOK_SECRET']}"

    assert mediamtx["authMethod"] == "http"
    assert told["MTX_AUTHHTTPADDRESS"] == asks
    assert [each["action"] for each in mediamtx["authHTTPExclude"]] == ["api", "metrics", "pprof"]


def test_mediamtx_tells_the_shop_who_comes_and_goes(services, mediamtx):
    told = services["media"]["environment"]
    defaults = mediamtx["pathDefaults"]

    assert told["STATE_URL"].startswith("http://pages:8000/hooks/media/state/")
    for name, online in (("runOnAvailable", "true"), ("runOnUnavailable", "false")):
        command, flag, script = shlex.split(defaults[name])  # MediaMTX has no shell of its own
        assert (command, flag) == ("sh", "-c")
        assert f'\\"online\\":{online}' in script
    assert not {"runOnReady", "runOnNotReady"} & set(defaults), "deprecated names"


def test_the_worker_sees_the_disk_mediamtx_records_on(services, mediamtx):
    spool = services["worker"]["environment"]["MEDIA_SPOOL_DIR"]

    assert f"mediamtx:{spool}:ro" in services["worker"]["volumes"]
    (volume,) = [each for each in services["media"]["volumes"] if each.startswith("mediamtx:")]
    assert mediamtx["pathDefaults"]["recordPath"].startswith(volume.partition(":")[2])


def test_mediamtx_listens_where_nginx_and_the_shop_look(services, mediamtx):
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()

    assert f"server media{mediamtx['webrtcAddress']};" in nginx
    assert f"server media{mediamtx['hlsAddress']};" in nginx
    assert EXAMPLE["MEDIA_INTERNAL_URL"] == f"http://media{mediamtx['apiAddress']}"
    inside = {mediamtx[name][1:] for name in ("apiAddress", "hlsAddress", "webrtcAddress")}
    assert inside <= set(services["media"]["expose"])


def test_mediamtx_opens_no_door_that_nobody_comes_by(mediamtx):
    """All of these are open unless told otherwise; for MoQ it also writes a certificate."""
    servers = ("rtsp", "rtmp", "hls", "webrtc", "srt", "moq")
    assert {name for name in servers if mediamtx[name]} == {"rtmp", "hls", "webrtc"}


def test_replays_are_made_from_mediamtxs_recordings_and_served_by_the_shops_engine(
    services, mediamtx
):
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    replays = services["replays"]["environment"]
    worker = services["worker"]["environment"]

    assert worker["MEDIA_RECORDINGS_URL"] == f"http://media{mediamtx['playbackAddress']}"
    assert replays["RECORDINGS_DIR"] == worker["RECORDINGS_DIR"]
    assert "recordings:/recordings" in services["replays"]["volumes"]
    assert "recordings:/recordings" in services["worker"]["volumes"]
    assert "recordings:/recordings" not in services["media"]["volumes"], "it keeps its own"
    assert services["replays"]["command"] == list(roles.MEDIA_ROLE.command)
    assert f"server replays:{replays['MEDIA_PORT']};" in nginx


def test_mediamtx_cuts_parts_as_the_embedded_engine_does(mediamtx):
    from streams.media.embedded.config import MediaConfig

    assert mediamtx["hlsPartDuration"] == f"{MediaConfig.part_seconds * 1000:g}ms"
    assert mediamtx["hlsSegmentDuration"] == f"{MediaConfig.segment_seconds:g}s"


def required():
    """What pyproject.toml asks for, by the names that locks use."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {
        re.split(r"[\[=<>;~ ]", each, maxsplit=1)[0].lower() for each in project["dependencies"]
    }


# --- Image ----------------------------------------------------------------------------------
def test_image_holds_the_locked_packages_without_the_tools():
    def pins(file):
        return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", file.read_text(), re.MULTILINE))

    everything, image = pins(ROOT / "requirements.lock"), pins(ROOT / "deploy/requirements.lock")

    assert {name: everything.get(name) for name in image} == image
    assert {name for name in required() if name not in image} == set()
    assert not {"pytest", "mypy", "ruff", "playwright"} & set(image)


def test_image_holds_every_package_of_the_shop():
    copied = re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert {"livecommerce", "officials", "products", "streams", "orders"} <= set(copied)
    assert {"templates", "static", "scripts"} <= set(copied)
