"""Checksums are finished before a frame leaves a node.

A kernel leaves the checksum of what it sends into a veth unfinished: the kernel at the other end knows, and so does one
that forwards the frame. A program that reads the wire through a packet socket does not: a switch in user space hands
the frame on with a wrong checksum, and the receiver drops it (UDP and TCP; ping goes through).
"""

from __future__ import annotations

import array
import fcntl
import socket
import struct

from errors import AgentError

# linux/sockios.h, linux/ethtool.h
SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM = 0x17


def finish_checksums(interfaces: list[str]) -> None:
    """Has the interfaces of the calling thread's network namespace send finished checksums (`ethtool -K tx off`)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for interface in interfaces:
            # struct ethtool_value, and a struct ifreq that points to it.
            value = array.array("B", struct.pack("=II", ETHTOOL_STXCSUM, 0))
            address, _ = value.buffer_info()
            try:
                fcntl.ioctl(sock, SIOCETHTOOL, struct.pack("16sP16x", interface.encode(), address))
            except OSError as error:
                raise AgentError(f"{interface}: cannot switch TX checksum offload off: {error.strerror}") from error
