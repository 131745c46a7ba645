def account_key(record):
    """Whose account a record of collections is about: the customer it names, and the company.

    :param record: anything with ``partner_id`` and ``company_id``
    :rtype: tuple[int, int]
    """
    return record.partner_id.id, record.company_id.id


def owner_key(record):
    """Whose account it is today, should the customer have become part of another; the key of open items.

    :rtype: tuple[int, int]
    """
    return record.partner_id.commercial_partner_id.id, record.company_id.id


def by_account(items):
    """Open items in their order, by (commercial partner id, company id).

    :param items: :class:`OpenItem`, of any accounts
    :rtype: dict[tuple[int, int], list[OpenItem]]
    """
    accounts = {}
    for item in items:
        accounts.setdefault((item.partner_id, item.company_id), []).append(item)
    return accounts
