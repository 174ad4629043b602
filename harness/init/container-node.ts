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

/**
 * What of a container a node of a lab is given: image, environment, command, capabilities, addresses.
 * @param carried paths in the container whose files are carried over by themselves.
 */
export function containerNode(
  container: ContainerInspectInfo,
  image: ImageInspectInfo,
  carried: ReadonlySet<string>,
): ContainerNode {
  const { Config: config, HostConfig: host, Mounts: mounts, NetworkSettings: settings } = container;
  const of_image = new Set(image.Config.Env ?? []);
  const set = (config.Env ?? []).filter((pair) => !of_image.has(pair)).map(nameAndValue);
  const whyNot = ([name, value]: [string, string]) => {
    if (isSecretName(name)) return 'which may be a secret';
    // A topology would replace it.
    return value.includes('${') ? 'whose value has ${' : undefined;
  };
  const env = Object.fromEntries(set.filter((one) => whyNot(one) === undefined));
  const cmd = changed(config.Cmd, image.Config.Cmd);
  const entrypoint = changed(config.Entrypoint, image.Config.Entrypoint);
  const capabilities = (host.CapAdd ?? []).filter((one: string) => one !== 'ALL');
  const networks = Object.entries(settings.Networks).toSorted(([a], [b]) => a.localeCompare(b));
  return {
    name: container.Name.replace(/^\//, ''),
    own: {
      image: config.Image,
      ...(Object.keys(env).length > 0 ? { env } : {}),
      ...(cmd === undefined ? {} : { cmd }),
      ...(entrypoint === undefined ? {} : { entrypoint }),
      ...(capabilities.length > 0 ? { 'cap-add': capabilities } : {}),
    },
    addresses: new Map(
      networks.flatMap(([, { IPAddress, IPPrefixLen }], at): [string, string][] =>
        IPAddress ? [[`eth${at}`, `${IPAddress}/${IPPrefixLen}`]] : [],
      ),
    ),
    left_out: [
      ...set.flatMap((one) => {
        const why = whyNot(one);
        return why === undefined ? [] : `the environment variable ${one[0]}, ${why},`;
      }),
      ...mounts
        .filter(({ Destination }) => !carried.has(Destination))
        .map(({ Destination, Source }) => `what is mounted at ${Destination} (${Source})`),
      ...(host.Privileged ? ['its privileges (a node is never privileged)'] : []),
      ...(host.CapAdd ?? []).filter((one: string) => one === 'ALL').map(() => 'the capability ALL'),
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

/** As a line for a shell, where it is not that of the image. */
function changed(
  own: string | string[] | null | undefined,
  of_image: string | string[] | null | undefined,
): string | undefined {
  const [now, before] = [own, of_image].map((words) => [words ?? []].flat());
  if (now!.length === 0 || JSON.stringify(now) === JSON.stringify(before)) return undefined;
  return now!
    .map((word) => (/^[\w./@:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
