"""Which addresses an agency may be reached at."""

import ipaddress

NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_permitted(text: str, *, allow_private: bool = False) -> bool:
    """Whether a connection may go to this address: a public one; with ``allow_private`` also one of the house.

    >>> is_permitted("93.184.216.34"), is_permitted("10.0.0.7"), is_permitted("127.0.0.1"), is_permitted("::1")
    (True, False, False, False)
    >>> is_permitted("10.0.0.7", allow_private=True), is_permitted("127.0.0.1", allow_private=True)
    (True, True)

    An address inside another one counts as what it leads to, and what is meant for machines only is never permitted.

    >>> is_permitted("::ffff:127.0.0.1"), is_permitted("64:ff9b::10.0.0.7"), is_permitted("2002:7f00:1::")
    (False, False, False)
    >>> is_permitted("169.254.169.254", allow_private=True), is_permitted("224.0.0.1", allow_private=True)
    (False, False)
    """
    address = _innermost(ipaddress.ip_address(text.partition("%")[0]))
    if address.is_multicast or address.is_link_local or address.is_unspecified:
        return False
    return address.is_global or (allow_private and (address.is_private or address.is_loopback))


def _innermost(address):
    if address.version == 4:
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo and address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or teredo or address
