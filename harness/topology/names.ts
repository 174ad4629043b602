import { shortenText } from './describe-value.ts';

/** What Docker accepts as the name of a container, which a node's name becomes part of. */
const DOCKER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** Words that begin an endpoint or a target and so cannot name a node. */
const RESERVED_NODES = new Set(['host', 'macvlan', 'mgmt-net', 'dummy']);

/** Names that the kernel uses itself, as an interface or under /proc/sys/net. */
const RESERVED_INTERFACES = new Set(['lo', 'all', 'default']);

/** A label of a host name (RFC 1123, 2.1), which a node's name becomes; and 63 of a lab's are enough. */
const MAX_NAME = 63;

/** IFNAMSIZ (linux/if.h) less the final zero byte. */
export const MAX_INTERFACE_NAME = 15;

/** What is wrong with the name of a lab, host, cluster or virtual router; undefined when nothing is. */
export function nameProblem(what: string, name: string): string | undefined {
  if (name.length > MAX_NAME) {
    return `'${name.slice(0, 20)}...' is not a valid name for a ${what}: it has ${name.length} characters, ${MAX_NAME} at most`;
  }
  if (DOCKER_NAME.test(name)) return undefined;
  const rule = 'it starts with a letter or digit and goes on with letters, digits, _ . -';
  return `'${name}' is not a valid name for a ${what}: ${rule}`;
}

/** What is wrong with the name of a node; undefined when nothing is. */
export function nodeNameProblem(name: string): string | undefined {
  if (RESERVED_NODES.has(name))
    return `'${name}' cannot name a node: the word means something else in endpoints and targets`;
  return nameProblem('node', name);
}

/** What is wrong with the name of an interface, bridge or port; undefined when nothing is. */
export function interfaceNameProblem(what: string, name: string): string | undefined {
  if (name.length > MAX_INTERFACE_NAME) {
    return `${what} name '${shortenText(name)}' has ${name.length} characters; the kernel takes at most ${MAX_INTERFACE_NAME}`;
  }
  if (RESERVED_INTERFACES.has(name)) return `${what} name '${name}' is reserved by the kernel`;
  if (/^[a-zA-Z0-9_][a-zA-Z0-9_.@-]*$/.test(name)) return undefined;
  return `'${name}' is not a valid ${what} name: it starts with a letter, digit or _ and goes on with letters, digits, _ . @ -`;
}

/**
 * What is wrong with the name of a network; undefined when nothing is. It is also an interface's name and a tag
 * of dnsmasq's, where `,` and `*` mean something.
 */
export function networkNameProblem(name: string): string | undefined {
  if (!/^[a-zA-Z][a-zA-Z0-9_-]*$/.test(name)) {
    return `'${name}' is not a valid name for a network: it starts with a letter and goes on with letters, digits, _ -`;
  }
  return interfaceNameProblem('network', name);
}
