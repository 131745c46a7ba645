from textwrap import shorten

#: Characters that are told of a failure; it stands on an activity and in a list.
LONGEST_REASON = 400


def error_summary(error):
    """What went wrong, in words for people: an error, or what a mail server has said, which may be long. What Odoo adds for
    programmers is in the log.
    """
    told, _rest, _trace = str(error).partition("Traceback (most recent call last)")
    return shorten(told, LONGEST_REASON, placeholder=" …") or type(error).__name__
