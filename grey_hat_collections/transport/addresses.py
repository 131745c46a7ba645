"""Which addresses an agency may be reached at."""

import ipaddress

#: Of all addresses of the newer kind only these were ever handed out to speak to one host in the world.
UNICAST = ipaddress.ip_network("2000::/3")
#: Addresses of the older kind inside the newer, for networks that know no other.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: What is public by its number and leads elsewhere: relays and tunnels, numbers for examples and measurements, and what
#: some providers of machines answer their own machines at. Python's own list differs from version to version.
NOWHERE = tuple(
    map(
        ipaddress.ip_network,
        (
            "168.63.129.16/32",
            "192.0.0.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.175.48.0/24",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "2620:4f:8000::/48",
            "3ffe::/16",
            "3fff::/20",
            "fd00:ec2::/32",
            "fd20:ce::/32",
        ),
    )
)
#: The networks of a house.
HOUSE = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"),
    )
)
#: The middle of an address by which a tunnel knows where it ends (ISATAP).
TUNNEL_ENDS = (0x00005EFE, 0x02005EFE)


def is_permitted(text: str, *, allow_private: bool = False) -> bool:
    """Whether a connection may go to this address: a public one; with ``allow_private`` also one of the house.

    >>> is_permitted("93.184.216.34"), is_permitted("10.0.0.7"), is_permitted("127.0.0.1"), is_permitted("::1")
    (True, False, False, False)
    >>> is_permitted("10.0.0.7", allow_private=True), is_permitted("127.0.0.1", allow_private=True)
    (True, True)

    An address inside another one counts as what it leads to. Tunnels lead nowhere, what is meant for machines only is
    never permitted.

    >>> is_permitted("::ffff:127.0.0.1"), is_permitted("64:ff9b::10.0.0.7"), is_permitted("64:ff9b::93.184.216.34")
    (False, False, True)
    >>> is_permitted("::93.184.216.34"), is_permitted("2002:5db8:d822::1"), is_permitted("fec0::1")
    (False, False, False)
    >>> is_permitted("169.254.169.254", allow_private=True), is_permitted("224.0.0.1", allow_private=True)
    (False, False)
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    if _within(address, NOWHERE):
        return False
    return _is_public(address) or (allow_private and _within(address, HOUSE))


def _is_public(address) -> bool:
    if address.version == 6 and address in NAT64:
        address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if _within(address, NOWHERE):
            return False
    if address.version == 6 and (address not in UNICAST or int(address) >> 32 & 0xFFFFFFFF in TUNNEL_ENDS):
        return False
    return address.is_global and not address.is_multicast


def _within(address, networks) -> bool:
    return any(address in network for network in networks)
