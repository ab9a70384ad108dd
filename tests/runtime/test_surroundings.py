"""What the emulator adds to the environment of a container."""

from __future__ import annotations

import pytest

from batchemu.engine.ports import Scope
from batchemu.runtime import docker_options, surroundings
from tests.runtime.support import make_container

SCOPE = Scope("111122223333", "eu-west-1")
GROUPS = surroundings.of(SCOPE, 4580, neighbours=True)
ENDPOINT = {"AWS_ENDPOINT_URL": "http://host.docker.internal:4580"}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "111122223333", "AWS_SECRET_ACCESS_KEY": "batchemu"}
REGION = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}


def test_a_container_is_told_where_we_are_and_who_it_is() -> None:
    assert surroundings.added({"A": "1"}, GROUPS) == {"A": "1", **ENDPOINT, **CREDENTIALS, **REGION}


def test_without_neighbours_only_batch_is_here() -> None:
    groups = surroundings.of(SCOPE, 80, neighbours=False)
    assert surroundings.added({}, groups[:1]) == {"AWS_ENDPOINT_URL_BATCH": "http://host.docker.internal:80"}


@pytest.mark.parametrize(
    ("own", "left"),
    [
        ({"AWS_ENDPOINT_URL": "http://x"}, {**CREDENTIALS, **REGION}),
        ({"AWS_ACCESS_KEY_ID": "x"}, {**ENDPOINT, **REGION}),
        ({"AWS_SECRET_ACCESS_KEY": ""}, {**ENDPOINT, **REGION}),
        ({"AWS_PROFILE": "x"}, {**ENDPOINT, **REGION}),
        ({"AWS_DEFAULT_REGION": "x"}, {**ENDPOINT, **CREDENTIALS}),
        ({**ENDPOINT, **CREDENTIALS, **REGION}, {}),
    ],
)
def test_the_users_word_on_one_is_his_word_on_all_of_a_group(
    own: dict[str, str], left: dict[str, str]
) -> None:
    assert surroundings.added(own, GROUPS) == {**own, **left}


def test_a_docker_container_gets_them_and_is_otherwise_left_alone() -> None:
    container = make_container("true", environment={"A": "1"})
    found = docker_options.options(container, {}, GROUPS).config["environment"]
    assert found == {"A": "1", **ENDPOINT, **CREDENTIALS, **REGION}
    assert docker_options.options(container, {}).config["environment"] == {"A": "1"}
