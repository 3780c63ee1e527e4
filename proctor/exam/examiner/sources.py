"""What ``inspect`` finds out about a function or class of the student's: read from their cells, asked of nobody.

``inspect.signature(f)``, ``getsource``, ``getdoc``, ``f.__defaults__`` and the like look at attributes, and
take for a function whatever says by ``__class__`` that it is one. So a handle whose definition reading tells
(``proctor/notebooks/written.py``) has these attributes from the text.

Threat model: the text is the student's, and nothing of it is ever run: ``compile`` makes code objects whose
numbers and names are copied into ``Code``, which Python does not run. Defaults and annotations are literals,
Python's own types and those of ``typing``; any other one is a ``Text``, which cannot be compared.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import types
import typing
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from proctor.notebooks.definitions import parsing, statements
from proctor.notebooks.written import Definition, Function, Unclear, definition

from .faults import AuthorError

#: Attributes that only reading can tell. Whoever asks for one of the first wants to know, of what reading does not
#: tell too; the others are also looked for where nothing depends on them.
OF_SOURCES = frozenset(("__signature__", "__wrapped__", "__bases__", "__mro__", "__init__"))
LOOKED_FOR = frozenset(("__code__", "__defaults__", "__kwdefaults__", "__annotations__"))
_OF_CODE = (
    "co_name", "co_qualname", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_varnames",
    "co_names", "co_freevars", "co_cellvars", "co_flags", "co_firstlineno", "co_filename", "co_stacksize",
)  # fmt: skip
_PLAIN_TYPES = frozenset((
    "int", "float", "complex", "bool", "str", "bytes", "list", "tuple", "dict", "set", "frozenset", "object", "type",
))  # fmt: skip


class Sources:
    """``cells`` are all that run in the candidate, by their number, and whether the instructor wrote them."""

    def __init__(self, cells: Sequence[tuple[int, str, bool]], solution: Sequence[str]):
        self._cells, self._solution = cells, solution
        self._until = 0
        self._found: dict[str, Told | Unclear] = {}

    def begin(self, number: int) -> None:
        """The cell of this number runs: it sees those before it."""
        self._until = number
        self._found.clear()

    def told(self, path: Sequence[str]) -> Told:
        """What stands in the cells about ``NAME``, or the ``METHOD`` of a class. Raises Unclear."""
        if not path:
            raise Unclear("is not the name of anything")
        name, *members = path
        if name not in self._found:
            self._found[name] = self._read(name)
        found = self._found[name]
        for member in members:
            if isinstance(found, Told):
                found = found.member(member)
        if isinstance(found, Unclear):
            raise found
        return found

    def unclear_in_the_solution(self, path: Sequence[str]) -> str:
        """Why the same cannot be read of the instructor's own solution; "" if it can."""
        if not path:
            return "is no name of a function or class"
        try:
            found: Definition | None = definition(path[0], self._solution)
        except Unclear as unclear:
            return str(unclear)
        for member in path[1:]:
            found = found and found.member(member)
        return "" if found else f"has no `def {path[-1]}` of its own in its body"

    def _read(self, name: str) -> Told | Unclear:
        cells = [(source, ours) for number, source, ours in self._cells if number < self._until]
        texts = [source for source, _ in cells]
        try:
            return Told(definition(name, texts, [source for source, ours in cells if ours]), texts)
        except Unclear as unclear:
            return unclear


class Told:
    """The attributes of one definition."""

    def __init__(self, found: Definition, cells: Sequence[str]):
        self._found, self._cells = found, cells
        self.is_class = isinstance(found.node, ast.ClassDef)
        self.kind: type = type if self.is_class else types.FunctionType

    def member(self, name: str) -> Told | Unclear:
        method = self._found.member(name)
        if method is None:
            return Unclear(f"has no `def {name}` of its own in its body")
        return Told(method, self._cells)

    @property
    def bases(self) -> tuple[str, ...]:
        """The names of what a class is based on. Raises Unclear if they are more than names."""
        node = self._found.node
        assert isinstance(node, ast.ClassDef), "of a class"
        names = tuple(base.id for base in node.bases if isinstance(base, ast.Name))
        if node.keywords or len(names) < len(node.bases):
            raise Unclear("is based on more than names of classes")
        return names or ("object",)

    @cached_property
    def attributes(self) -> dict[str, Any]:
        node, name = self._found.node, self._found.name
        common = {"__name__": node.name, "__qualname__": name, "__module__": "__main__", "__doc__": self._doc}
        if isinstance(node, ast.ClassDef):
            signature = self._signature(node)
            return common | ({"__signature__": signature} if signature else {})
        arguments = node.args
        defaults = tuple(self._value(each) for each in arguments.defaults)
        named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        return common | {
            "__defaults__": defaults or None,
            "__kwdefaults__": {each.arg: self._value(value) for each, value in named if value is not None} or None,
            "__annotations__": self._annotations(node),
            "__code__": Code(self._code),
            "__closure__": None,
            "__type_params__": (),
            "__text_signature__": None,
        }

    def _signature(self, node: ast.ClassDef) -> inspect.Signature | None:
        """How objects of a class are made; None if that is said elsewhere."""
        if "__init__" in self.members:
            its = inspect.signature(Method(self.members["__init__"]))
            return its.replace(parameters=list(its.parameters.values())[1:], return_annotation=inspect.Signature.empty)
        return None if node.bases or node.keywords or "__new__" in self.members else inspect.Signature()

    @cached_property
    def members(self) -> dict[str, Told]:
        """The methods of a class that stand in its body for certain."""
        body = self._found.node.body if self.is_class else []
        names = [each.name for each in body if isinstance(each, Function)]
        return {name: told for name in names if isinstance(told := self.member(name), Told)}

    @property
    def _doc(self) -> str | None:
        return ast.get_docstring(self._found.node, clean=False)

    @property
    def _code(self) -> types.CodeType:
        """The function's code object, never to be run. Its file is the text of its cell, for ``inspect``."""
        text = "\n".join(self._found.lines)
        file = f"<cell of {self._found.name} {hash(text):x}>"
        linecache.cache[file] = (len(text), None, [f"{line}\n" for line in self._found.lines], file)
        module = ast.Module([self._within()], [])
        try:
            with parsing():
                pending = [compile(module, file, "exec", dont_inherit=True)]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise Unclear("stands in a cell that Python cannot run") from None
        while pending:
            code = pending.pop()
            is_function = code.co_flags & inspect.CO_NEWLOCALS
            if is_function and code.co_name == self._found.node.name and code.co_firstlineno == self._first_line:
                return code
            pending += [each for each in code.co_consts if isinstance(each, types.CodeType)]
        raise Unclear("has no code")

    @property
    def _first_line(self) -> int:
        node = self._found.node
        return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])

    def _within(self) -> ast.stmt:
        """The function in its class, whose name mangles names that begin with two underscores."""
        node, within = self._found.node, self._found.within
        if not within:
            return node
        return ast.copy_location(ast.ClassDef(name=within, bases=[], keywords=[], body=[node], decorator_list=[]), node)

    def _annotations(self, node: Function) -> dict[str, Any]:
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
        found = {each.arg: self._type(each.annotation) for each in every if each and each.annotation}
        return found | ({"return": self._type(node.returns)} if node.returns else {})

    def _value(self, node: ast.expr) -> Any:
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return Text(ast.unparse(node))

    def _type(self, node: ast.expr) -> Any:
        try:
            return self._type_of(node)
        except (LookupError, TypeError, AttributeError):
            return Text(ast.unparse(node))

    def _type_of(self, node: ast.expr) -> Any:
        """The type that an annotation names. Raises LookupError, TypeError or AttributeError if it may be another."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            if node.id in _PLAIN_TYPES and not self._is_bound(node.id):
                return getattr(builtins, node.id)
            if self._comes_from_typing(node.id):
                return getattr(typing, node.id)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "typing" and self._imports_typing:
            return getattr(typing, node.attr)
        if isinstance(node, ast.Subscript):
            inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            types_of = tuple(self._type_of(each) for each in inside)
            return self._type_of(node.value)[types_of if isinstance(node.slice, ast.Tuple) else types_of[0]]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._type_of(node.left) | self._type_of(node.right)
        raise LookupError("no type that is known")

    def _is_bound(self, name: str) -> bool:
        return bool(self._bindings(name))

    def _comes_from_typing(self, name: str) -> bool:
        texts = self._bindings(name)
        return bool(texts) and all(text.startswith("from typing import ") and " as " not in text for text in texts)

    @property
    def _imports_typing(self) -> bool:
        return set(self._bindings("typing")) == {"import typing"}

    def _bindings(self, name: str) -> list[str]:
        """The statements of the cells that bind this name."""
        return [each.source for cell in self._cells for each in statements(cell) or () if name in each.names]


class Method:
    """A method as its class's body defines it: what ``inspect`` takes for a function. It runs in no process but the student's."""

    def __init__(self, told: Told):
        vars(self).update(told.attributes)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return types.FunctionType

    def __call__(self, *args, **kwargs):
        raise AuthorError(
            f"{vars(self)['__qualname__']} of a class is read and not run: call it by an object, or by a helper"
        )


class Code:
    """A code object's numbers and names, for ``inspect`` and ``f.__code__.co_names``; there is nothing to run in it."""

    def __init__(self, code: types.CodeType):
        vars(self).update({name: getattr(code, name) for name in _OF_CODE if hasattr(code, name)})
        self.co_consts = tuple(Code(each) if isinstance(each, types.CodeType) else each for each in code.co_consts)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return types.CodeType


class Text:
    """A default or an annotation that only running it would tell: it is printed as it is written."""

    def __init__(self, text: str):
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        raise AuthorError(
            f"{self._text} in a student's source is read and not run: a default or an annotation can be compared if it "
            "is a literal or a type of Python's own. Compare repr(…), or call the function"
        )

    __hash__ = object.__hash__
