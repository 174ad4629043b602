"""The shapes of what nft(8) says, as far as it is looked at (libnftables-json(5))."""

from typing import NotRequired, TypedDict


class NftCounter(TypedDict):
    table: str
    name: str
    packets: int


class NftTable(TypedDict):
    family: str
    name: str


class NftItem(TypedDict):
    table: NotRequired[NftTable]
    counter: NotRequired[NftCounter]


class NftRuleset(TypedDict):
    """What of `nft -j list` is looked at (libnftables-json(5))."""

    nftables: list[NftItem]
