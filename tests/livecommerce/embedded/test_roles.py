import sys

import pytest

from livecommerce.embedded import environment, roles
from livecommerce.embedded.environment import WrongVariable


@pytest.fixture
def complete(data_dir):
    def complete_with(**told):
        return environment.complete(
            told, data_dir=data_dir, database_url="postgresql://ours", redis_url="redis://ours"
        )

    return complete_with


def names(environment):
    return [role.name for role in roles.roles_to_run(environment)]


@pytest.mark.parametrize("role", roles.EVERY, ids=lambda role: role.name)
def test_command_runs_this_python_with_every_value_filled_in(role, complete):
    argv = role.argv(complete())

    assert argv[0] == sys.executable
    assert not [part for part in argv if "{" in part]


@pytest.mark.parametrize("role", roles.EVERY, ids=lambda role: role.name)
def test_every_variable_a_role_needs_is_given_to_it(role, complete):
    given = role.environment(complete())

    assert set(role.needs) - set(given) == {
        name
        for name in role.needs
        if name in ("REALTIME_PUBLIC_URL", "MEDIA_PUBLIC_URL")  # blank: the host of the request
    }


def test_ports_follow_the_first_one(complete):
    given = complete(PORT="9000")

    assert [given[name] for name in ("PORT", "REALTIME_PORT", "MEDIA_PORT")] == [
        "9000",
        "9001",
        "9002",
    ]
    assert given["PUBLIC_URL"] == "http://localhost:9000"
    assert given["STRIPE_API_BASE"] == "http://127.0.0.1:9003"


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1"])
def test_port_that_makes_no_sense_is_named(complete, port):
    with pytest.raises(WrongVariable, match=f"PORT={port} is not a port"):
        complete(PORT=port)


def test_empty_variables_count_as_unset(complete):
    assert complete(PORT="", SECRET_KEY="")["PORT"] == "8000"


def test_secrets_are_kept_between_starts(complete):
    assert complete()["SECRET_KEY"] == complete()["SECRET_KEY"]


def test_all_roles_run_by_default(complete):
    assert names(complete())[:5] == ["pages", "realtime", "media", "worker", "stripe"]


def test_real_stripe_takes_the_place_of_the_double(complete):
    given = complete(STRIPE_SECRET_KEY="sk_test_of_theirs")

    assert "stripe" not in names(given)
    assert "STRIPE_API_BASE" not in given


def test_mediamtx_takes_the_place_of_the_embedded_engine(complete):
    assert "media" not in names(complete(MEDIA_ENGINE="mediamtx"))


def test_database_of_the_user_gets_no_demo_accounts(complete):
    given = complete(DATABASE_URL="postgresql://theirs")

    assert given["DATABASE_URL"] == "postgresql://theirs"
    assert "DEMO" not in given
    assert "demo-show" not in names(given)


def test_demo_show_can_be_turned_off(complete):
    assert "demo-show" not in names(complete(DEMO_SHOW="0"))


def test_role_whose_code_is_not_there_is_left_out():
    absent = roles.Role("absent", ("python", "-m", "livecommerce.no_such_module"))

    assert not absent.is_installed()


def test_who_wants_no_bytecode_beside_sources_has_it_in_the_data_folder(complete, data_dir):
    """Without any, each role would compile the whole shop at each start."""
    given = complete(PYTHONDONTWRITEBYTECODE="1")

    assert given["PYTHONDONTWRITEBYTECODE"] == ""
    assert given["PYTHONPYCACHEPREFIX"] == str(data_dir / "bytecode")
    assert "PYTHONPYCACHEPREFIX" not in complete()


def test_run_env_is_private_and_read_by_settings(complete, data_dir):
    environment.write_run_env(data_dir, complete(), {})

    file = data_dir / "run.env"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "DATABASE_URL='postgresql://ours'\n" in file.read_text()
