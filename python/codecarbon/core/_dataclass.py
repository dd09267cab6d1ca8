"""``dataclass`` for the package's records, without importing :mod:`dataclasses`.

That module costs more than all that a tracker does in a short program (it brings ``inspect``,
``ast`` and ``dis``). The decorator here writes ``__init__``, ``__repr__``, ``__eq__`` and, on
request, the ordering. The functions of :mod:`dataclasses` work, because the description that they
look for is made when one of them first asks for it.

Left out: ``default_factory``, ``frozen``, ``slots``, ``KW_ONLY``, ``InitVar``: nothing needs them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, order=False):
        """Make a class with annotated fields a dataclass; bare, or called with ``order``."""
        if cls is None:
            return lambda cls: _equip(cls, order)
        return _equip(cls, order)


def _equip(cls, order):
    annotations = {}
    for base in reversed(cls.__mro__[:-1]):
        if base is cls or hasattr(base, "__match_args__"):
            annotations.update(base.__annotations__)
    setattr(cls, "__match_args__", tuple(annotations))  # noqa: B010 (mypy knows it as final)
    _OnFirstLook(cls, "__dataclass_fields__", annotations, _description)
    _OnFirstLook(cls, "__dataclass_params__", annotations, _description)
    if "__init__" not in cls.__dict__:
        _OnFirstLook(cls, "__init__", annotations, _initializer)
    if "__repr__" not in cls.__dict__:
        cls.__repr__ = _repr
    if "__eq__" not in cls.__dict__:
        cls.__eq__ = _eq
        cls.__hash__ = None
    cls.__replace__ = _replace
    if order:
        for method in (_lt, _le, _gt, _ge):
            setattr(cls, f"_{method.__name__}__", method)
    return cls


class _OnFirstLook:
    """A class attribute that is made when somebody first reads it."""

    def __init__(self, holder, name, annotations, make):
        self.holder = holder
        self.name = name
        self.annotations = annotations
        self.make = make
        setattr(holder, name, self)

    def __get__(self, instance, owner):
        value = self.make(self.holder, self.annotations, self.name)
        setattr(self.holder, self.name, value)
        return value.__get__(instance, owner) if hasattr(value, "__get__") else value


def _description(cls, annotations, name):
    """What :mod:`dataclasses` would have put on the class."""
    import dataclasses

    body = {name: getattr(cls, name) for name in annotations if hasattr(cls, name)}
    body["__annotations__"] = annotations
    return getattr(dataclasses.dataclass(type(cls.__name__, (), body)), name)


def _initializer(cls, annotations, name):
    """An ``__init__`` with a real signature, so that ``help()`` and errors name the fields."""
    defaults = {name: getattr(cls, name) for name in annotations if hasattr(cls, name)}
    parameters = [
        f"{name}=_defaults[{name!r}]" if name in defaults else name for name in annotations
    ]
    lines = [f"def __init__(self, {', '.join(parameters)}):"]
    lines += [f" self.{name} = {name}" for name in annotations]
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    scope = {"_defaults": defaults, "__name__": cls.__module__}
    exec("\n".join(lines), scope)
    init = scope[name]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {**annotations, "return": None}
    return init


def _values(record):
    return tuple([getattr(record, name) for name in record.__match_args__])


def _repr(self):
    fields = ", ".join([f"{name}={getattr(self, name)!r}" for name in self.__match_args__])
    return f"{type(self).__qualname__}({fields})"


def _eq(self, other):
    if other.__class__ is not self.__class__:
        return NotImplemented
    return _values(self) == _values(other)


def _replace(self, /, **changes):
    """What :func:`copy.replace` calls."""
    import dataclasses

    return dataclasses.replace(self, **changes)


def _lt(self, other):
    return _values(self) < _values(other) if type(other) is type(self) else NotImplemented


def _le(self, other):
    return _values(self) <= _values(other) if type(other) is type(self) else NotImplemented


def _gt(self, other):
    return _values(self) > _values(other) if type(other) is type(self) else NotImplemented


def _ge(self, other):
    return _values(self) >= _values(other) if type(other) is type(self) else NotImplemented
