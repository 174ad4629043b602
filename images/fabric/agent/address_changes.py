"""Taking an address off a node's interface behind everybody's back, and putting it back."""

import json
import subprocess

import netlink
from errors import AgentError
from namespaces import enter_command, network_of


def remove(pid: int, interface: str, address: str) -> dict:
    """Returns when it was done, and the length of the prefix that the address had."""
    found = _prefix_of(pid, interface, address)
    if found is None:
        raise AgentError(f"{interface} does not have {address}")
    with network_of(pid):
        done = netlink.remove_address(interface, address)
    return {**done, "prefix": found}


def restore(pid: int, interface: str, address: str, prefix: int, pids: list[int]) -> bool:
    """Puts an address back, unless one of the nodes whose first processes are `pids` has it now. Returns whether."""
    if any(_prefix_of(other, None, address) is not None for other in pids):
        return False
    with network_of(pid):
        netlink.add_address(interface, address, prefix)
    return True


def _prefix_of(pid: int, interface: str | None, address: str) -> int | None:
    of = ["dev", interface] if interface else []
    shown = subprocess.run(
        enter_command(pid, ["ip", "-json", "address", "show", *of]), capture_output=True, text=True, timeout=10
    )
    if shown.returncode != 0:
        raise AgentError(f"the addresses of {interface or 'a node'} cannot be read: {shown.stderr.strip()}")
    for link in json.loads(shown.stdout or "[]"):
        for one in link.get("addr_info", []):
            if one.get("local") == address:
                return one["prefixlen"]
    return None
