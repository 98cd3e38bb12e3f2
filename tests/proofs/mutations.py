"""Small changes of meaning in Python source and in SQL: each is a mistake that somebody could make.

A mutation is named by its function, its text and the statement around it, so that the name outlives shifted lines.
Left alone are docstrings, annotations, decorators, class fields, and whatever only words a message.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

#: Most characters of the statement in a name.
_MOST = 100

_COMPARED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COUNTED: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_Function = ast.FunctionDef | ast.AsyncFunctionDef

_Put = Callable[[ast.AST], None]


@attrs.frozen
class Mutation:
    """One change.

    Attributes:
        name: What it is, within its file.

        scope: Qualified name of the function; of the variable at the top of a module; of the query.

        lines: First and last line of the statement, and of the changed part.

        top: Whether it changes a variable at the top of the module.

        make: Changes the tree, for good.
    """

    name: str
    scope: str
    lines: tuple[int, int, int, int]
    top: bool
    make: Callable[[], None] = attrs.field(eq=False, repr=False)


def of_source(tree: ast.Module) -> list[Mutation]:
    """Give the mutations of a module; each changes this very tree when it is made."""
    finder = _Finder()
    finder.module(tree)
    return finder.found


def _is_constant(name: str) -> bool:
    """Tell a constant or a table by its name from an alias of a type and a type variable."""
    return name.lstrip("_").isupper() and len(name) > 1


class _Finder:
    """Goes over a tree, and keeps a way to put something else in each place."""

    def __init__(self) -> None:
        self.found: list[Mutation] = []
        self._seen: Counter[str] = Counter()
        self._scope: tuple[str, ...] = ()
        self._statement: ast.stmt = ast.Pass()
        self._top = False

    def module(self, tree: ast.Module) -> None:
        for statement in tree.body:
            if isinstance(statement, _Function | ast.ClassDef):
                self._define(statement)
            elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
                target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
                if isinstance(target, ast.Name) and _is_constant(target.id):
                    self._scope, self._statement, self._top = (target.id,), statement, True
                    self._slot(statement, "value", statement.value)
                    self._scope, self._top = (), False

    def _define(self, node: _Function | ast.ClassDef) -> None:
        outer, kept = self._scope, self._top
        self._scope, self._top = (*outer, node.name), False
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                if isinstance(statement, _Function | ast.ClassDef):
                    self._define(statement)
        else:
            self._scope += ("<locals>",)
            self._block(node, "body", node.body)
        self._scope, self._top = outer, kept

    def _block(self, parent: ast.AST, field: str, body: list[ast.stmt]) -> None:
        for index, statement in enumerate(body):
            if isinstance(statement, _Function | ast.ClassDef):
                self._define(statement)
                continue
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue
            self._statement = statement
            put = _at(body, index)
            for new in _instead_of_statement(statement):
                self._add(statement, new, put)
            self._inside(statement)

    def _inside(self, node: ast.AST) -> None:
        statement = self._statement
        if isinstance(node, ast.Raise | ast.JoinedStr | ast.Assert):
            return
        for field, value in ast.iter_fields(node):
            self._statement = statement
            if field in {"annotation", "returns", "decorator_list", "type_comment", "args"} and isinstance(
                node, (*_FUNCTIONS, ast.AnnAssign)
            ):
                continue
            if isinstance(node, ast.keyword) and node.arg == "strict":
                continue  # zip's own check that what goes together is of one length
            if isinstance(value, list):
                if value and isinstance(value[0], ast.stmt):
                    self._block(node, field, value)
                else:
                    self._items(value)
            elif isinstance(value, ast.AST):
                self._slot(node, field, value)
        self._statement = statement

    def _items(self, items: list[ast.AST]) -> None:
        for index, item in enumerate(items):
            if isinstance(item, ast.AST):
                self._consider(item, _at(items, index))

    def _slot(self, node: ast.AST, field: str, value: ast.AST) -> None:
        tested = field == "test" and isinstance(node, ast.If | ast.While | ast.IfExp)
        self._consider(value, lambda new: setattr(node, field, new), tested=tested)

    def _consider(self, node: ast.AST, put: _Put, *, tested: bool = False) -> None:
        if tested and not isinstance(node, ast.Compare | ast.UnaryOp):
            self._add(node, ast.UnaryOp(ast.Not(), node), put)  # type: ignore[arg-type]  # a test is an expression
        if isinstance(node, ast.comprehension):
            for number, condition in enumerate(node.ifs):
                self._add(condition, ast.Constant(True), _at(node.ifs, number))
        if isinstance(node, ast.BoolOp):
            for number, one in enumerate(node.values):
                rest = [*node.values[:number], *node.values[number + 1 :]]
                self._add(one, ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0], put, "dropped")
        for new in _instead_of(node):
            self._add(node, new, put)
        self._inside(node)

    def _add(self, node: ast.AST, new: ast.AST, put: _Put, after: str = "") -> None:
        before, after = _text(node), after or ("removed" if isinstance(new, ast.Pass) else _text(new))
        where = _text(self._statement)
        scope = ".".join(self._scope).removesuffix(".<locals>")
        name = f"{scope.replace('.<locals>', '')}: {before} -> {after}" + (f" in {where}" if before != where else "")
        self._seen[name] += 1
        if self._seen[name] > 1:
            name = f"{name} #{self._seen[name]}"
        whole, part = self._statement, node if hasattr(node, "lineno") else self._statement
        lines = (whole.lineno, whole.end_lineno or whole.lineno, part.lineno, part.end_lineno)  # type: ignore[attr-defined]  # just asked

        def make() -> None:
            put(ast.copy_location(new, node))

        self.found.append(Mutation(name, scope, lines, self._top, make))


def _at(places: list[Any], index: int) -> _Put:
    """Give what puts a node there."""
    return lambda new: places.__setitem__(index, new)


def _instead_of_statement(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            return
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="_hook"))):
            return  # does something in tests alone
        case ast.Expr() | ast.Raise() | ast.AugAssign() | ast.Delete() | ast.Break() | ast.Continue():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]):
            yield ast.Pass()
        case ast.Return(value=None):
            yield ast.Pass()
        case ast.Return(value=ast.Constant(value=None)):
            return
        case ast.Return():
            yield ast.Return(ast.Constant(None))


def _instead_of(node: ast.AST) -> Iterator[ast.AST]:
    change = _CHANGES.get(type(node))
    return change(node) if change else iter(())


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for number, op in enumerate(node.ops):
        new = [*node.ops[:number], _COMPARED[type(op)](), *node.ops[number + 1 :]]
        yield ast.Compare(node.left, new, node.comparators)


def _counted(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in _COUNTED and not _worded(node.left) and not _worded(node.right):
        yield ast.BinOp(node.left, _COUNTED[type(node.op)](), node.right)


def _turned(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _near(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
        yield ast.UnaryOp(ast.USub(), ast.Constant(1)) if node.value == 0 else ast.Constant(node.value - 1)


def _called(node: ast.Call) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
            yield ast.Call(ast.Name(_CALLED[name], ast.Load()), node.args, node.keywords)
        case ast.Call(args=[ast.Name() | ast.Attribute(), ast.Name() | ast.Attribute(), *_]):
            yield ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)


def _fewer(node: ast.Set) -> Iterator[ast.AST]:
    for number in range(len(node.elts) if len(node.elts) > 1 else 0):
        yield ast.Set([*node.elts[:number], *node.elts[number + 1 :]])


def _fewer_members(node: ast.Tuple) -> Iterator[ast.AST]:
    """A tuple of members of an enumeration is a set of what is meant, not a pair."""
    if isinstance(node.ctx, ast.Load) and len(node.elts) > 1 and all(map(_member, node.elts)):
        for number in range(len(node.elts)):
            yield ast.Tuple([*node.elts[:number], *node.elts[number + 1 :]], ast.Load())


def _uncaught(node: ast.ExceptHandler) -> Iterator[ast.AST]:
    if not isinstance(node.body[-1], ast.Raise):
        yield ast.ExceptHandler(node.type, node.name, [ast.Raise()])


_CHANGES: Mapping[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.Compare: _compared,
    ast.BinOp: _counted,
    ast.UnaryOp: _turned,
    ast.Constant: _near,
    ast.Call: _called,
    ast.Set: _fewer,
    ast.Tuple: _fewer_members,
    ast.ExceptHandler: _uncaught,
}


def _member(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id=name)):
            return name[0].isupper()
    return False


def _worded(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.ExceptHandler):
        return f"except {_text(node.type) if node.type else ''}" + (
            ": raise" if isinstance(node.body[0], ast.Raise) else ""
        )
    text = ast.unparse(node)
    if isinstance(node, ast.stmt):
        text = text.splitlines()[0]
    text = " ".join(text.split())
    return text if len(text) <= _MOST else f"{text[:_MOST]}..."


_CLAUSE = re.compile(
    r"\bAND\s+((?:[^()\n]|\((?:[^()]|\([^()]*\))*\))+?)(?=\s+AND\b|\s*$|\s*\)|\s+ORDER\b|\s+OR\b|;)", re.MULTILINE
)
_SQL_SWAPS = (
    (re.compile(r"(?<![<>!=])=(?!=)"), "<>"),
    (re.compile(r"<>"), "="),
    (re.compile(r"<=(?!>)"), "<"),
    (re.compile(r">="), ">"),
    (re.compile(r"(?<![<])<(?![=>])"), "<="),
    (re.compile(r"(?<![<>])>(?!=)"), ">="),
    (re.compile(r"\bIS NOT NULL\b"), "IS NULL"),
    (re.compile(r"\bIS NULL\b"), "IS NOT NULL"),
    (re.compile(r"\bAND\b"), "OR"),
    (re.compile(r"\bOR\b"), "AND"),
    (re.compile(r"\bmax\("), "min("),
    (re.compile(r" \+ "), " - "),
)


def of_sql(queries: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Give the mutations of queries: name, query, new text."""
    found = []
    seen: Counter[str] = Counter()
    for query, text in queries.items():
        for begin, end, new in sorted(_sql_changes(text)):
            before = " ".join(text[begin:end].split())
            line = " ".join(text[text.rfind("\n", 0, begin) + 1 :].split("\n", 1)[0].split())
            name = f"{query}: {before} -> {new or 'removed'} in {line}"
            seen[name] += 1
            number = f" #{seen[name]}" if seen[name] > 1 else ""
            found.append((name + number, query, text[:begin] + new + text[end:]))
    return found


def _sql_changes(text: str) -> Iterator[tuple[int, int, str]]:
    for clause in _CLAUSE.finditer(text):
        yield clause.start(), clause.end(), ""
    for pattern, new in _SQL_SWAPS:
        for hit in pattern.finditer(text):
            set_clause = new == "<>" and not re.search(r"\b(WHERE|ON|WHEN|AND|OR)\b", text[: hit.start()])
            if not set_clause and "--" not in text[text.rfind("\n", 0, hit.start()) + 1 : hit.start()]:
                yield hit.start(), hit.end(), new


def one_of(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Give what tells whether a name matches; ``*`` stands for anything."""
    expression = re.compile("|".join(".*".join(map(re.escape, one.split("*"))) for one in patterns) or "(?!)")
    return lambda name: bool(expression.fullmatch(name))
