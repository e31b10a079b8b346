"""Import a student's file statement by statement, so that one that fails costs itself alone."""

import __future__

import ast
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

Done = Callable[[int, int, BaseException | None], None]


def load(module: ModuleType, path: Path, skip: Sequence[int], only_definitions_from: int, done: Done) -> None:
    """Run the statements in the module, but those to skip; say of each that it begins, and then what it raised.

    Raises SyntaxError or ValueError for what is no Python.
    """
    module.__file__ = str(path)
    sys.modules.setdefault(path.stem, module)
    statements = ast.parse(path.read_bytes(), str(path)).body
    futures = [s for s in statements if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
    flags = sum(getattr(__future__, alias.name).compiler_flag for s in futures for alias in s.names)
    for i, statement in enumerate(statements):
        if i in skip or (i >= only_definitions_from and not _defines(statement)):
            continue
        done(i, statement.lineno, None)
        try:
            body = ast.Module([statement], [])
            exec(compile(body, str(path), "exec", flags, dont_inherit=True), module.__dict__)
        except BaseException as error:
            done(i, statement.lineno, error)


def _defines(statement: ast.stmt) -> bool:
    """Whether a statement only defines: it imports, or it makes a function, a class or a plain constant."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return True
    if isinstance(statement, ast.If | ast.Try):
        return all(_defines(inner) for inner in statement.body)
    calls = any(isinstance(node, ast.Call) for node in ast.walk(statement))
    return isinstance(statement, ast.Assign | ast.AnnAssign) and not calls
