"""What stands before the children are started: the address and the table of accounts."""

from __future__ import annotations

import socket

import pytest

from marketplace import supervisor


def test_a_taken_port_is_named_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert supervisor.answers("127.0.0.1", port)
        with pytest.raises(
            supervisor.CannotStartError, match=f"Port {port} of 127.0.0.1 cannot be used.*PORT="
        ):
            supervisor.free_address("127.0.0.1", port)
    assert supervisor.free_address("127.0.0.1", port) == "127.0.0.1"
    assert not supervisor.answers("127.0.0.1", port)


def test_a_name_becomes_an_address():
    assert supervisor.free_address("localhost", 0) == "127.0.0.1"


def test_an_address_that_is_not_ours_is_refused():
    with pytest.raises(supervisor.CannotStartError):
        supervisor.free_address("192.0.2.1", 0)


def test_the_accounts_stand_in_columns(capsys):
    supervisor.show_accounts(
        [("official", "Avương", "canbo1", "a"), ("leader", "Ngũ Hành Sơn", "b", "c")]
    )
    lines = capsys.readouterr().out.splitlines()
    columns = {
        line.index(word) for line, word in zip(lines[2:], ["SIGN-IN", "canbo1", "b "], strict=True)
    }
    assert len(columns) == 1
