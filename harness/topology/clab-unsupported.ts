import { didYouMean } from '../ground/near-name.ts';
import type { Explanations } from './validate-yaml.ts';
import type { YamlPath } from './yaml-path.ts';

/** containerlab's node keys that hadrill does not have, with the reason where there is an obvious one. */
const NODE_KEYS: Record<string, string> = {
  'image-pull-policy': 'an image is used when the engine has it, and otherwise named by hadrill doctor',
  'restart-policy': 'hadrill decides itself when a failed node comes back',
  license: 'only plain Linux nodes are run',
  type: 'only plain Linux nodes are run',
  'startup-config': 'only plain Linux nodes are run; use binds',
  'enforce-startup-config': 'only plain Linux nodes are run; use binds',
  'suppress-startup-config': 'only plain Linux nodes are run; use binds',
  'auto-remove': 'hadrill removes every container of a lab itself',
  volumes: 'a trial must not see what an earlier one left behind; use binds',
  ports: 'no packet leaves or enters a lab; use hadrill exec',
  credentials: 'only plain Linux nodes are run',
  'env-files': 'write the variables under env',
  hostname: 'a node is always called by its name',
  runtime: 'nodes run on the Docker engine',
  'mgmt-ipv4': 'a lab has no management network',
  'mgmt-ipv6': 'a lab has no management network',
  'link-apply-mode': 'links are set up once',
  'cpu-set': 'use cpu',
  extras: 'only plain Linux nodes are run',
  config: 'only plain Linux nodes are run; use binds',
  dns: 'no packet leaves a lab; bind a resolv.conf where one is needed',
  certificate: 'make the certificate beforehand and bind it',
  components: 'only plain Linux nodes are run',
  aliases: 'a lab has no management network with names',
  'cgroupns-mode': 'nodes run unprivileged',
  'cgroup-parent': 'the engine places the containers',
  'pid-mode': 'a node sees its own processes only',
  tmpfs: '',
  devices: 'nodes run unprivileged and see no device of the machine',
};

/** What of the node keys changes nothing of what a lab is, where it has such a value. */
const HARMLESS_NODE_KEYS: Record<string, (value: unknown) => boolean> = {
  'image-pull-policy': () => true,
  'restart-policy': (value) => value === 'no',
  'auto-remove': () => true,
  runtime: (value) => value === 'docker',
  'mgmt-ipv4': () => true,
  'mgmt-ipv6': () => true,
  'link-apply-mode': () => true,
  aliases: () => true,
  config: () => true,
};

const HARMLESS_TOP_KEYS = new Set(['mgmt', 'debug']);

const TOP_KEYS: Record<string, string> = {
  mgmt: 'a lab has no management network; every wire is in topology.links',
  settings: 'make certificates beforehand and bind them',
  debug: '',
};

const LINK_KEYS: Record<string, string> = {
  endpoint: 'only veth links, which have two endpoints',
  'host-interface': 'no packet of a lab reaches the host',
  mode: 'only veth links',
  remote: 'only veth links',
  vni: 'only veth links',
  'dst-port': 'only veth links',
  'src-port': 'only veth links',
};

const LINK_TYPES: Record<string, string> = {
  'veth-stitch': "use 'veth'",
  'mgmt-net': 'a lab has no management network',
  macvlan: 'no packet of a lab reaches the host',
  host: 'no packet of a lab reaches the host',
  vxlan: 'no packet leaves a lab',
  'vxlan-stitch': 'no packet leaves a lab',
  dummy: 'every link has two ends',
};

/** Everything known to containerlab that this tool refuses, by where it stands in the file. */
export const unsupported: Explanations = {
  harmless(path, key, value) {
    if (path.length === 0) return HARMLESS_TOP_KEYS.has(key) ? ignored(key, TOP_KEYS[key]) : undefined;
    if (path[0] !== 'topology' || path[1] === 'links' || !isNodeSettings(path)) return undefined;
    const isHarmless = Object.hasOwn(HARMLESS_NODE_KEYS, key) && HARMLESS_NODE_KEYS[key]!(value);
    return isHarmless ? ignored(key, NODE_KEYS[key]) : undefined;
  },
  key(path, key) {
    const [top, section] = path;
    if (path.length === 0) return refusedKey(key, TOP_KEYS);
    if (top !== 'topology') return undefined;
    if (section === 'kinds' && path.length === 2) return refusedKind(key);
    if (section === 'links' && path.length === 3) return refusedKey(key, LINK_KEYS);
    return isNodeSettings(path) ? refusedKey(key, NODE_KEYS) : undefined;
  },
  value(path, value) {
    const key = path.at(-1);
    if (key === 'kind' && typeof value === 'string') {
      const message = refusedKind(value);
      return message === undefined ? undefined : { message };
    }
    if (key === 'privileged' && value === true) return { message: PRIVILEGED };
    if (key === 'target' && value === 'host') return { message: HOST_COMMAND };
    if (key === 'network-mode' && typeof value === 'string') return refusedNetworkMode(value);
    if (key === 'type' && typeof value === 'string' && Object.hasOwn(LINK_TYPES, value)) {
      const message = `containerlab's link type '${value}' is not supported by hadrill: ${LINK_TYPES[value]}`;
      return { message, covers: path.slice(0, -1) };
    }
    return undefined;
  },
};

const PRIVILEGED =
  "'privileged: true' is refused: a lab runs with the least privilege; list what the node needs in cap-add";
const HOST_COMMAND =
  "'target: host' is refused: hadrill runs no command on the machine itself, only inside the nodes";

function ignored(key: string, reason: string | undefined): string {
  return `containerlab's key '${key}' is ignored${reason ? `: ${reason}` : ''}`;
}

function refusedKey(key: string, reasons: Record<string, string>): string | undefined {
  if (!Object.hasOwn(reasons, key)) return undefined;
  const reason = reasons[key];
  return `containerlab's key '${key}' is not supported by hadrill${reason ? `: ${reason}` : ''}`;
}

function refusedKind(kind: string): string | undefined {
  // A typing error of a supported kind gets the usual suggestion.
  if (didYouMean(kind, ['linux', 'bridge'])) return undefined;
  return `kind '${kind}' is not supported by hadrill: only 'linux' and 'bridge', as it runs Linux daemons in plain containers`;
}

function refusedNetworkMode(mode: string): { message: string } | undefined {
  if (mode !== 'host' && mode !== 'bridge') return undefined;
  return {
    message: `'network-mode: ${mode}' is not supported by hadrill: no packet of a lab may leave it; use 'none'`,
  };
}

function isNodeSettings(path: YamlPath): boolean {
  return path[1] === 'defaults' ? path.length === 2 : path.length === 3;
}
