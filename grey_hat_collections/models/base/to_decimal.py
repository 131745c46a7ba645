from decimal import Decimal


def to_decimal(number):
    """``number`` as the engine counts: the Decimal that a person reads in it, not the binary fraction behind a float."""
    return Decimal(str(number))
