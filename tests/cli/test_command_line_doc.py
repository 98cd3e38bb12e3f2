"""The page about the command line says everything that there is."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from outreach.cli import cli
from outreach.cli.app import COMMANDS
from outreach.reporting.sheet import COLUMNS

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")


def section(name: str) -> str:
    """Give the section of a command, together with what holds for several commands."""
    own = re.search(rf"^## {name}\n(.*?)(?=^## )", PAGE, re.DOTALL | re.MULTILINE)
    assert own, f"there is no section '{name}'"
    return own.group(1)


def options(name: str) -> set[str]:
    """Give every spelling of every option of a command, those of its own commands included."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    below = list(command.commands.values()) if isinstance(command, click.Group) else []
    parameters = [one for each in (command, *below) for one in each.params]
    return {spelling for one in parameters if isinstance(one, click.Option) for spelling in one.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_in_the_section_of_its_command(name: str) -> None:
    """Each command has a section that names each of its options, ``-v`` aside, which all have."""
    written = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", section(name)))

    assert options(name) - {"-v", "--verbose"} <= written


@pytest.mark.parametrize("name", COMMANDS)
def test_the_usage_names_no_option_that_is_not_there(name: str) -> None:
    """The first line of a section promises nothing that the command does not have."""
    usage = section(name).strip().splitlines()[0]

    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", usage)) <= options(name)


def test_what_all_commands_have() -> None:
    """The options of outreach itself are explained."""
    top = {spelling for one in cli.params for spelling in one.opts}

    assert all(f"`{spelling}`" in PAGE for spelling in top)


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 6, 7, 70, 130])
def test_every_exit_code(code: int) -> None:
    """Each exit code stands in the table."""
    assert f"\n| {code} | " in PAGE


def test_the_columns_of_the_csv() -> None:
    """The columns stand there in their order."""
    assert f"`{', '.join(COLUMNS)}`" in PAGE
