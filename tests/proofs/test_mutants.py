"""The short form of the proof by mutants, and the mutants themselves."""

from __future__ import annotations

import ast

import mutants
from mutations import of_source, of_sql

SOURCE = '''
MOST = 2

def wait(now: float, *, people: int = 1) -> float | None:
    """Wait 3 seconds."""
    if now < MOST and people:
        raise ValueError(f"{now - 1} is too early")
    note(now)
    return now - 1
'''


def test_a_handful_of_mutants_is_noticed() -> None:
    """Whatever is drawn is killed or judged, and so is every mutant that lacks a vital guard."""
    tally = mutants.prove(long=False, seed=1)

    assert tally.holds, tally
    assert tally.control == tally.controls


def test_mutants_are_mistakes_of_meaning() -> None:
    """Comparisons, conditions, arithmetic, constants, statements and returns change; words and annotations stay."""
    assert [one.name for one in of_source(ast.parse(SOURCE))] == [
        "MOST: 2 -> 3 in MOST = 2",
        "MOST: 2 -> 1 in MOST = 2",
        "wait: now < MOST and people -> not (now < MOST and people) in if now < MOST and people:",
        "wait: now < MOST -> dropped in if now < MOST and people:",
        "wait: people -> dropped in if now < MOST and people:",
        "wait: now < MOST -> now <= MOST in if now < MOST and people:",
        "wait: raise ValueError(f'{now - 1} is too early') -> removed",
        "wait: note(now) -> removed",
        "wait: return now - 1 -> return None",
        "wait: now - 1 -> now + 1 in return now - 1",
        "wait: 1 -> 2 in return now - 1",
        "wait: 1 -> 0 in return now - 1",
    ]


def test_queries_have_mutants_too() -> None:
    """Conditions are dropped and turned round; what is assigned stays."""
    query = "UPDATE batch SET stage = :stage\nWHERE id = :id AND stage < 4"

    assert [name for name, _, _ in of_sql({"intend": query})] == [
        "intend: = -> <> in WHERE id = :id AND stage < 4",
        "intend: AND -> OR in WHERE id = :id AND stage < 4",
        "intend: AND stage < 4 -> removed in WHERE id = :id AND stage < 4",
        "intend: < -> <= in WHERE id = :id AND stage < 4",
    ]


def test_judgements_speak_of_mutants_that_there_are() -> None:
    """A judgement whose mutant is gone is taken out, before it covers for another one."""
    assert mutants.pointless() == []
