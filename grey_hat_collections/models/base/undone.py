"""To try something out that leaves no trace."""

from contextlib import closing, contextmanager

from odoo import api
from odoo.tools.misc import Callbacks

#: What a cursor has to do around the end of its transaction.
HOOKS = ("precommit", "postcommit", "prerollback", "postrollback")

#: What the context says of what will be taken back. It is an object and no text, so that nobody can say so from outside.
REHEARSAL = object()


@contextmanager
def undone(records):
    """Gives ``records`` in a memory of their own. Whatever is made of them is undone at the end: in the database, which goes back
    to where it was, and in memory, which never saw it. So this may be called while a form is filled in, or in the middle of a
    computation, where emptying the memory of everybody else would lose what is not saved yet.

    Numbers drawn from a sequence are gone for good: draw none in here. Whoever draws some asks :func:`is_rehearsal` first, where
    the context of ``records`` says ``collection_rehearsal``.
    """
    env, cursor = records.env, records.env.cr
    env.flush_all()  # what is not written yet is seen in here
    kept = {name: getattr(cursor, name) for name in (*HOOKS, "transaction", "cache")}
    with closing(cursor.savepoint(flush=False)):
        for name in HOOKS:
            setattr(cursor, name, Callbacks())
        cursor.transaction, cursor.cache = None, {}
        try:
            yield records.with_env(api.Environment(cursor, env.uid, env.context, env.su))
        finally:
            for name, value in kept.items():
                setattr(cursor, name, value)


def is_rehearsal(env):
    """Whether what is done now will be taken back."""
    return env.context.get("collection_rehearsal") is REHEARSAL
