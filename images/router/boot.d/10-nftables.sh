# shellcheck shell=sh
# The ruleset is in place before any daemon can take an address over.
if [ -e /etc/nftables.conf ]; then nft -f /etc/nftables.conf; fi
