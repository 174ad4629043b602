import type { ContainerInspectInfo, ImageInspectInfo } from 'dockerode';
import { isSecretName } from '../ground/secret-names.ts';
import type { OwnNode } from '../systems/initialiser.ts';

/** A running container, as far as a node can be like it. */
export interface ContainerNode {
  name: string;
  own: OwnNode;
  /** `INTERFACE` to `ADDRESS/LENGTH`, of its Docker networks. */
  addresses: Map<string, string>;
  /** What a node is not given, one clause each. */
  left_out: string[];
}

/** What the daemons of a pair need at most, besides the engine's defaults. */
const IN_PLACE_OF_ALL = ['NET_ADMIN', 'NET_BROADCAST', 'IPC_LOCK', 'SYS_NICE'];

/**
 * What of a container a node of a lab is given: image, environment, command, capabilities, addresses.
 * @param carried paths in the container whose files are carried over by themselves.
 * @param has_shell that it has one at /bin/sh: then the node waits for its addresses before it starts what the container ran.
 */
export function containerNode(
  container: ContainerInspectInfo,
  image: ImageInspectInfo,
  carried: ReadonlySet<string>,
  has_shell: boolean,
): ContainerNode {
  const { Config: config, HostConfig: host, Mounts: mounts, NetworkSettings: settings } = container;
  const of_image = new Set(image.Config.Env ?? []);
  const set = (config.Env ?? []).filter((pair) => !of_image.has(pair)).map(nameAndValue);
  const secret = set.filter(([name]) => isSecretName(name)).map(([name]) => name);
  // A topology's variables would replace a $.
  const env = Object.fromEntries(
    set.flatMap(([name, value]) => (isSecretName(name) ? [] : [[name, value.replaceAll('$', '$$$$')]])),
  );
  const argv = [config.Entrypoint, config.Cmd].flatMap((words) => words ?? []);
  const all = host.Privileged === true || (host.CapAdd ?? []).includes('ALL');
  const capabilities = all ? IN_PLACE_OF_ALL : (host.CapAdd ?? []);
  const networks = Object.entries(settings.Networks).toSorted(([a], [b]) => a.localeCompare(b));
  return {
    name: container.Name.replace(/^\//, ''),
    own: {
      image: config.Image,
      ...(Object.keys(env).length > 0 ? { env } : {}),
      ...(config.User && config.User !== image.Config.User ? { user: config.User } : {}),
      ...(capabilities.length > 0 ? { 'cap-add': capabilities } : {}),
      ...(has_shell && argv.length > 0 ? { argv } : {}),
    },
    addresses: new Map(
      networks.flatMap(([, { IPAddress, IPPrefixLen }], at): [string, string][] =>
        IPAddress ? [[`eth${at}`, `${IPAddress}/${IPPrefixLen}`]] : [],
      ),
    ),
    left_out: [
      ...secret.map((name) => `the environment variable ${name}, which may be a secret,`),
      ...mounts
        .filter(({ Destination }) => !carried.has(Destination))
        .map(({ Destination, Source }) => `what is mounted at ${Destination} (${Source})`),
      ...(all ? [`every privilege (a node is never privileged; it has ${IN_PLACE_OF_ALL.join(', ')})`] : []),
      ...(config.WorkingDir && config.WorkingDir !== image.Config.WorkingDir
        ? [`the working folder ${config.WorkingDir}`]
        : []),
      ...(host.Devices ?? []).map(({ PathOnHost }: { PathOnHost: string }) => `the device ${PathOnHost}`),
      ...(host.NetworkMode === 'host' ? ["the machine's network, which it shares"] : []),
      ...Object.keys(host.PortBindings ?? {}).map((port) => `the published port ${port}`),
    ],
  };
}

function nameAndValue(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}
