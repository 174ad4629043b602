"""What the harness can ask of the fabric, by name. Every operation is a function of its JSON arguments."""

import binascii
import os
import signal

import address_changes
import captures
import clock
import cuts
import daemons
import filters
import netlink
import node_files
import node_paths
import node_processes
import power
import probe_runner
import processes
import services
import wires
from addresses import AddressBook
from conntrack import ConntrackBook
from errors import AgentError
from host_pressure import Pressure

RUN_FOLDER = "/run/hadrill"
# Small enough for a line that the harness need not gather from many pieces.
MAX_READ_BYTES = 1 << 16

_addresses = AddressBook()
_conntrack = ConntrackBook()
_pressure = Pressure()
_captures = captures.Captures(f"{RUN_FOLDER}/captures")
_probes = probe_runner.Probes()
released = False


def hello() -> dict:
    return {"epoch_ns": str(clock.EPOCH_NS), "now_ns": clock.now_ns(), "kernel": os.uname().release}


def release() -> None:
    """The lab may outlive the harness that built it."""
    global released
    released = True


def engine_trouble() -> str | None:
    """Why the engine cannot be asked from here; None when it answers."""
    # Loaded when it is needed: it speaks HTTP, and a lab is to start quickly.
    import engine_api

    return engine_api.trouble()


def create_bridges(bridges: list) -> None:
    wires.create_bridges(bridges)


def adopt_node(container_id: str, pid: int) -> None:
    node_processes.adopt(container_id, pid)


def plug(pid: int, ports: list) -> None:
    wires.plug(pid, ports)


def raise_links(pid: int, interfaces: list) -> None:
    wires.raise_links(pid, interfaces)


def port_states(ports: list) -> dict:
    return wires.port_states(ports)


def set_forwarding(ports: list, forwarding: bool) -> dict:
    return netlink.set_forwarding(wires.existing(ports), forwarding)


def cut_wire(port: str, key: str, kind: str, direction: str, at_ns: int) -> dict:
    return cuts.cut(port, key, kind, direction, at_ns)


def heal_wire(port: str, key: str, interface: str, pid: int, at_ns: int) -> dict:
    return cuts.heal(port, key, interface, pid, at_ns)


def wire_state(port: str) -> dict | None:
    return cuts.state(port)


def add_filter(key: str, port: str, protocol: str, number: int | None, direction: str, percent: int) -> dict:
    if not wires.existing([port]):
        raise AgentError(f"there is no wire at port {port} now: its node does not run")
    return filters.add(key, port, protocol, number, direction, percent)


def remove_filter(key: str) -> None:
    filters.remove(key)


def filter_dropped(key: str) -> int | None:
    return filters.dropped(key)


def crash(ports: list, pids: list) -> dict:
    """Cuts the ports and kills the containers' first processes, and with them all others, at one stroke.

    Frames are dropped first: a dying process must not say goodbye (a FIN, an RST, a priority 0 advert),
    as it would not on a machine that lost its power. Taking the carrier comes last, for it can take
    the kernel milliseconds.
    """
    present = wires.existing(ports)
    with node_processes.held(pids) as folders:
        before = clock.now_ns()
        netlink.set_forwarding(present, False)
        after = clock.now_ns()
        node_processes.send(folders, signal.SIGKILL)
        killed = clock.now_ns()
    # The killed node's namespace may be gone by now, and its wires with it.
    try:
        netlink.set_up(wires.existing(ports), False)
    except (AgentError, OSError):
        pass
    return {"before_ns": before, "after_ns": after, "killed_ns": killed}


def container_processes(container_id: str) -> list:
    return processes.of_container(container_id)


def kill_named(container_id: str, name: str, signal_name: str) -> dict:
    return processes.kill_named(container_id, name, signal_name)


def hang(container_ids: list, name: str | None) -> dict:
    return processes.hang(container_ids, name)


def resume(container_ids: list, name: str | None) -> None:
    processes.resume(container_ids, name)


def shut_down(nodes: list, timeout_s: float) -> dict:
    return power.shut_down(nodes, timeout_s)


def hold_service(pid: int, name: str) -> bool:
    return services.hold(pid, name)


def start_service(pid: int, name: str) -> bool:
    return services.start(pid, name)


def has_service(pid: int, name: str) -> bool:
    return services.known(pid, name)


def signal_session(container_id: str, session: int, signal_name: str | None) -> list:
    return processes.signal_session(container_id, session, signal_name)


def alive(pids: list) -> list:
    return processes.alive(pids)


def run_in_node(container_id: str, argv: list, timeout_s: float) -> dict:
    # Loaded when it is needed: it speaks HTTP, and a lab is to start quickly.
    import node_commands

    return node_commands.run(container_id, argv, timeout_s)


def watch_addresses(node: str, pid: int) -> None:
    _addresses.watch(node, pid)


def addresses_of(pid: int) -> list:
    return address_changes.of_node(pid)


def remove_address(key: str, pid: int, interface: str, address: str, others: list) -> dict:
    return address_changes.remove(key, pid, interface, address, others)


def missing_addresses(key: str, pids: list) -> list:
    return address_changes.missing(key, pids)


def restore_address(key: str, pid: int, pids: list, wait_s: float) -> list:
    return address_changes.restore(key, pid, pids, wait_s)


def held_addresses() -> dict:
    return _addresses.held()


def address_events(since_ns: int) -> list:
    return _addresses.events(since_ns)


def next_advert(vrid: int, timeout_s: float, port: str | None = None, family: int = 4) -> int | None:
    # Loaded when it is needed: a lab is to start quickly.
    import adverts

    return adverts.next_advert(vrid, timeout_s, port, family)


def hear_adverts(listeners: list, vrid: int, address: str, awaited: list, timeout_s: float) -> list:
    # Loaded when it is needed: a lab is to start quickly.
    import heard_adverts

    return heard_adverts.hear(listeners, vrid, address, awaited, timeout_s)


def watch_conntrack(node: str, pid: int) -> None:
    _conntrack.watch(node, pid)


def conntrack_fillings(since_ns: int) -> list:
    return _conntrack.fillings(since_ns)


def has_program(pid: int, name: str) -> bool:
    """Whether the node's own file system has a program of that name on the usual paths."""
    folders = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
    return any(node_paths.status_of(pid, f"{folder}/{name}") for folder in folders)


def read_node_file(pid: int, path: str) -> str:
    return node_files.read(pid, path)


def list_node_folder(pid: int, path: str) -> list | None:
    return node_files.entries(pid, path)


def node_file_size(pid: int, path: str) -> int | None:
    """In bytes; None where there is no such file."""
    status = node_paths.status_of(pid, path)
    return None if status is None else status.st_size


def udp_ports(pid: int) -> list:
    """The local ports of a node's UDP sockets over IPv4, by the kernel's word (proc(5), /proc/net/udp)."""
    with node_processes.opened(pid) as process, open(os.open("net/udp", os.O_RDONLY, dir_fd=process)) as table:
        next(table)
        return sorted({int(line.split()[1].rpartition(":")[2], 16) for line in table})


def write_node_files(pid: int, files: dict, remove: list) -> None:
    node_files.write(pid, files, remove)


def running_keepalived(container_id: str) -> list:
    # Loaded when it is needed: a lab is to start quickly.
    import keepalived

    return keepalived.running(container_id)


def dump_keepalived(container_id: str, pid: int, path: str | None, timeout_s: float) -> dict:
    import keepalived

    return keepalived.dump(container_id, pid, path, timeout_s)


def start_daemon(container_id: str, pid: int, name: str, timeout_s: float) -> None:
    daemons.start(container_id, pid, name, timeout_s)


def signal_named(container_id: str, name: str, signal_name: str) -> dict:
    return daemons.signal_named(container_id, name, signal_name)


def end_daemon(container_id: str, name: str, timeout_s: float) -> None:
    daemons.end(container_id, name, timeout_s)


def responsive(pids: list) -> list:
    return daemons.responsive(pids)


def start_capture(name: str, bridges: list, capture_filter: str, snap_bytes: int, most_packets: int) -> None:
    _captures.start(name, bridges, capture_filter, snap_bytes, most_packets)


def stop_capture(name: str) -> list:
    return _captures.stop(name)


def start_probe(name: str, pid: int, program: str, params: dict, timeout_s: float) -> dict:
    os.makedirs(f"{RUN_FOLDER}/probes", exist_ok=True)
    output = {"output": f"{RUN_FOLDER}/probes/{name}"}
    return _probes.start(name, pid, program, {**output, **params}, timeout_s)


def ask_probe(name: str, request: dict, timeout_s: float) -> dict:
    return _probes.ask(name, request, timeout_s)


def stop_probe(name: str, timeout_s: float) -> dict:
    return _probes.stop(name, timeout_s)


def end_probe(name: str) -> None:
    _probes.end(name)


def read_file(path: str, offset: int) -> dict:
    """Part of a file that the fabric wrote (a capture, a probe's records)."""
    if not os.path.realpath(path).startswith(f"{RUN_FOLDER}/"):
        raise AgentError(f"{path} is not a record of this lab")
    with open(path, "rb") as file:
        file.seek(offset)
        data = file.read(MAX_READ_BYTES)
    return {"data": binascii.b2a_base64(data, newline=False).decode(), "size": os.path.getsize(path)}


def remove_file(path: str) -> None:
    if not os.path.realpath(path).startswith(f"{RUN_FOLDER}/"):
        raise AgentError(f"{path} is not a record of this lab")
    os.unlink(path)


def watch_pressure() -> None:
    _pressure.start()


def pressure(since_ns: int) -> list:
    return _pressure.since(since_ns)


_OPERATIONS = (
    hello, release, engine_trouble, adopt_node, create_bridges, plug, raise_links, port_states, set_forwarding, crash,
    add_filter, remove_filter, filter_dropped,
    cut_wire, heal_wire, wire_state, container_processes, kill_named, alive, watch_addresses, held_addresses, address_events,
    next_advert, watch_conntrack, conntrack_fillings, has_program, read_node_file, start_capture, stop_capture,
    start_probe, ask_probe, stop_probe, end_probe, read_file, remove_file, watch_pressure, pressure,
    hang, resume, shut_down, hold_service, start_service,
    list_node_folder, node_file_size, udp_ports,
    write_node_files, start_daemon, signal_named, end_daemon, responsive, run_in_node, signal_session,
    has_service, addresses_of, remove_address, missing_addresses, restore_address,
    hear_adverts, running_keepalived, dump_keepalived,
)  # fmt: skip
REGISTRY = {operation.__name__: operation for operation in _OPERATIONS}
