from contextlib import contextmanager

#: What the context says of a rehearsal. It is an object and no text, so that nobody can say so from outside.
REHEARSAL = object()


@contextmanager
def rehearsal(env):
    """Whatever is done inside is taken back at the end: rows, what waits for the commit, what is remembered. What was about to be
    written before is written first, and stays.

    Numbers that a sequence of the database has given are not taken back by it; whoever draws some looks for :data:`REHEARSAL` in
    the context.
    """
    cr = env.cr
    savepoint = cr.savepoint()
    after_commit, known = list(cr.postcommit._funcs), dict(cr.postcommit.data)
    try:
        yield
    finally:
        savepoint.close(rollback=True)
        # e-mails and messages to the screen of records that are gone
        cr.postcommit.clear()
        for function in after_commit:
            cr.postcommit.add(function)
        cr.postcommit.data.update(known)
        env.invalidate_all(flush=False)


def is_rehearsal(env):
    """Whether what is done now will be taken back."""
    return env.context.get("collection_rehearsal") is REHEARSAL
