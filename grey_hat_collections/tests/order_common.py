"""What the tests of the order of loading read: which class of an add-on the registry asks first, and which stands behind it."""

import ast
import inspect
import re
import sys
from functools import cache
from itertools import zip_longest

from odoo.fields import Field
from odoo.models import MetaModel
from odoo.tests import TransactionCase

#: What a class says of itself rather than defines.
OF_ITSELF = {
    "_description",
    "_field_definitions",
    "_inherit",
    "_module",
    "_name",
    "_register",
    "_table_object_definitions",
}


#: Packages of an add-on whose files define no model.
WITHOUT_MODELS = frozenset({"controllers"})


class OrderCommon(TransactionCase):
    """The classes of one add-on in the order of the registry; a class goes by the name of its file.

    What several classes define is written as a chain, whoever is asked first at the left: ``a > b`` where ``a`` reaches ``b``
    by ``super()``, or both describe one field; ``a hides b`` where ``a`` answers by itself. After the last of ours comes what
    its own ``super()`` reaches: ``odoo``, or ``nothing``.
    """

    addon = None

    def assertOverrides(self, table):
        """Each chain whose order matters is in the table, and goes as it says there; an indented line goes on with the one
        above it.
        """
        rows = map(str.split, re.sub(r"\n\s+", " ", table).strip().splitlines())
        expected = {name: " ".join(chain) for name, *chain in rows}
        found = self._chains()
        wrong = [
            f"{name}: {found.get(name, 'no override any more')}. "
            f"Expected: {expected.get(name, 'it is not in the table; say there in which order, and why in __init__.py')}"
            for name in sorted(found | expected)
            if found.get(name) != expected.get(name)
        ]
        self._complain(wrong)

    def assertSomethingBehind(self):
        """Whatever a class asks of ``super()`` is defined behind it."""
        wrong = {}
        for model, classes in self._models_of_ours():
            for place, one in enumerate(classes):
                behind = {name for other in classes[place + 1 :] for name in vars(other)}
                for name in set().union(*self._asked(one).values()) - behind:
                    wrong[one, name] = f"{_file(one)} calls super().{name} of {model}, which nothing behind it defines"
        self._complain(wrong.values())

    def assertLoadedAsWritten(self):
        """Each ``__init__.py`` names its files in the order in which their classes have been registered."""
        loaded = [one.__module__ for one in MetaModel._module_to_models__[self.addon]]
        packages = {file.rsplit(".", up)[0] for file in loaded for up in range(1, file.count(".") - 1)}
        self.assertTrue(packages)
        wrong = []
        for package in sorted(packages):
            depth = package.count(".") + 1
            inside = [file.split(".")[depth] for file in loaded if file.startswith(f"{package}.")]
            registered = [name for name, before in zip(inside, [None, *inside], strict=False) if name != before]
            named_there = [name for name in _names_imported(package) if name not in WITHOUT_MODELS]
            pairs = zip_longest(named_there, registered, fillvalue="nothing")
            wrong += [
                f"{package}: __init__.py names {named}, but {came} was loaded next: it is imported by {named} or a file above, "
                f"or {named} holds no model"
                for named, came in pairs
                if named != came
            ][:1]
        self._complain(wrong)

    def _complain(self, wrong):
        if wrong:
            self.fail("\n".join(["", *wrong]))

    # -- What the registry says ----------------------------------------------------------------------------------

    def _models_of_ours(self):
        """The models in which this add-on has a hand, each with the classes that make it up, as they are asked."""
        for name, model in sorted(self.registry.models.items()):
            classes = [one for one in model.mro() if not getattr(one, "pool", None)]
            if any(map(self._is_ours, classes)):
                yield name, classes

    def _is_ours(self, one):
        return one.__module__.startswith(f"odoo.addons.{self.addon}.")

    def _asked(self, one):
        return _asked_of_super(one) if self._is_ours(one) else {}

    def _chains(self):
        """The chains whose order matters, by model and name; an inherited one only with the model that it comes from.

        They are those of what two classes of one model define, where the order of loading decides, and those in which
        somebody calls ``super()``. A model that only answers in the place of one that it inherits needs no order.
        """
        chains, origin = {}, {}
        for model, classes in self._models_of_ours():
            for name in {name for one in filter(self._is_ours, classes) for name in vars(one)} - OF_ITSELF:
                definers = [one for one in classes if name in vars(one)]
                ours = [one for one in definers if self._is_ours(one)]
                by_loading = len({one._name for one in ours}) < len(ours)
                by_super = any(name in self._asked(one).get(name, ()) for one in ours)
                if len(ours) > 1 and not name.startswith("__") and (by_loading or by_super):
                    chains[f"{model}.{name}"] = self._chain(definers, name)
                    origin[f"{model}.{name}"] = f"{ours[0]._name}.{name}"
        return {
            name: chain for name, chain in chains.items() if origin[name] == name or chains.get(origin[name]) != chain
        }

    def _chain(self, definers, name):
        """What these classes define by this name, the first of them asked first."""
        words = []
        for one in filter(self._is_ours, definers):
            by_super = name in self._asked(one).get(name, ())
            words += [_file(one), ">" if by_super or isinstance(vars(one)[name], Field) else "hides"]
            last, reaches = one, by_super
        if not reaches:
            words.pop()
        else:
            words.append("odoo" if definers[-1] is not last else "nothing")
        return " ".join(words)


def _file(one):
    """Where a class is defined, without the name of the add-on and that of the folder in which most are."""
    return one.__module__.split(".", 3)[3].removeprefix("models.")


@cache
def _asked_of_super(one):
    """What each method of a class calls of ``super()``, as its source says: names by the name of the method."""
    (source,) = (
        node
        for node in ast.parse(inspect.getsource(sys.modules[one.__module__])).body
        if isinstance(node, ast.ClassDef) and node.name == one.__name__
    )
    return {
        method.name: {
            node.attr for node in ast.walk(method) if isinstance(node, ast.Attribute) and _is_super(node.value)
        }
        for method in source.body
        if isinstance(method, ast.FunctionDef)
    }


def _is_super(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _names_imported(package):
    """What the ``__init__.py`` of a package imports from it, in its order."""
    return [
        alias.name
        for node in ast.parse(inspect.getsource(sys.modules[package])).body
        if isinstance(node, ast.ImportFrom) and node.level == 1 and not node.module
        for alias in node.names
    ]
