"""A connection goes to a public address, or, where that is allowed, to one of the house, and nowhere else."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transport.addresses import is_permitted

#: What the registries of special addresses list, beside groups of hosts: nothing of it is a host in the world.
SPECIAL = tuple(
    map(
        ip_network,
        [
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/96",
            "::ffff:0:0:0/96",
            "64:ff9b:1::/48",
            "100::/64",
            "100:0:0:1::/64",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "2620:4f:8000::/48",
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
        ],
    )
)
HOUSE = tuple(map(ip_network, ["10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"]))
METADATA = ("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
#: The ways in which one address stands in another.
INSIDE = {
    "mapped": lambda inner: f"::ffff:{inner}",
    "compatible": lambda inner: f"::{inner}",
    "translated": lambda inner: f"::ffff:0:{inner}",
    "NAT64": lambda inner: f"64:ff9b::{inner}",
    "NAT64 of a house": lambda inner: f"64:ff9b:1::{inner}",
    "6to4": lambda inner: str(IPv6Address(0x2002 << 112 | int(inner) << 80 | 1)),
    "Teredo, its server": lambda inner: str(IPv6Address(0x20010000 << 96 | int(inner) << 64)),
    "Teredo, its client": lambda inner: str(IPv6Address(0x20010000 << 96 | 0x5DB8D822 << 64 | int(inner) ^ 0xFFFFFFFF)),
    "ISATAP": lambda inner: str(IPv6Address(0x2A00145040011234 << 64 | 0x5EFE << 32 | int(inner))),
    "ISATAP of the world": lambda inner: str(IPv6Address(0x2A00145040011234 << 64 | 0x02005EFE << 32 | int(inner))),
}
#: By these a network that knows no other reaches the world.
LEAD_ON = ("mapped", "NAT64")


def within(address, networks):
    return any(address in network for network in networks)


def near(network):
    """The addresses on both sides of its borders."""
    first, last = int(network.network_address), int(network.broadcast_address)
    top = 2**network.max_prefixlen - 1
    return {
        type(network.network_address)(number)
        for number in (first - 1, first, first + 1, last - 1, last, last + 1)
        if 0 <= number <= top
    }


BORDERS = sorted(
    {address for network in (*SPECIAL, *HOUSE) for address in near(network)}, key=lambda one: (one.version, one)
)
older = st.integers(0, 2**32 - 1).map(IPv4Address) | st.sampled_from([one for one in BORDERS if one.version == 4])
newer = (
    st.integers(0, 2**128 - 1).map(IPv6Address)
    | st.integers(2**125, 2**126 - 1).map(IPv6Address)
    | st.sampled_from([one for one in BORDERS if one.version == 6])
)


def as_in(address):
    """What an address leads to, where another stands in it."""
    if address.version == 6 and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


@given(older | newer, st.booleans())
@example(ip_address("fec0::1"), False)
@example(ip_address("64:ff9b:1::1"), False)
@example(ip_address("::5db8:d822"), False)
@example(ip_address("192.88.99.1"), False)
def test_nothing_but_hosts_of_the_world_and_of_the_house(address, allow_private):
    if is_permitted(str(address), allow_private=allow_private):
        meant = as_in(address)
        assert not within(meant, SPECIAL) or (allow_private and within(meant, HOUSE))
        assert str(meant) not in METADATA


@given(older, st.sampled_from(sorted(INSIDE)), st.booleans())
def test_an_address_in_another_gains_nothing(inner, way, allow_private):
    outer = INSIDE[way](inner)
    if is_permitted(outer, allow_private=allow_private):
        assert way in LEAD_ON
        assert is_permitted(str(inner), allow_private=allow_private)
    if way == "mapped":
        assert is_permitted(outer, allow_private=allow_private) == is_permitted(str(inner), allow_private=allow_private)


@given(older | newer)
def test_a_zone_changes_nothing(address):
    if address.version == 6:
        assert is_permitted(f"{address}%eth0") == is_permitted(str(address))


@pytest.mark.parametrize("address", METADATA)
@pytest.mark.parametrize("allow_private", [False, True])
def test_what_tells_machines_their_secrets_is_never_reached(address, allow_private):
    assert not is_permitted(address, allow_private=allow_private)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "9.9.9.9", "2606:2800:220:1::1", "2001:200::1", "64:ff9b::9.9.9.9"]
)
def test_the_world_is_reached(address):
    assert is_permitted(address)


@pytest.mark.parametrize("address", ["10.0.0.7", "172.31.255.255", "192.168.1.1", "127.0.0.1", "::1", "fd12::1"])
def test_the_house_is_reached_where_that_is_allowed(address):
    assert (is_permitted(address), is_permitted(address, allow_private=True)) == (False, True)
