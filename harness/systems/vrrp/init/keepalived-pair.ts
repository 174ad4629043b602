import type { Given, GivenFile, Initialiser } from '../../initialiser.ts';
import { readKeepalivedConf } from '../config/keepalived-conf.ts';
import { writtenPlaces } from '../config/written-addresses.ts';
import { pairFiles, ROUTER_IMAGE } from './pair-files.ts';
import { proposePair } from './propose-pair.ts';

const OPTION = 'keepalived';
/** Scripts of hadrill's own image. */
const OF_HADRILL = '/usr/local/lib/hadrill/';

/** Two routers with keepalived, and a client and a server on either side of them. */
export const keepalivedPair: Initialiser = {
  pair: 'keepalived',
  files: [
    {
      option: OPTION,
      what: 'keepalived.conf of a router',
      at: '/etc/keepalived/keepalived.conf',
      shared: false,
    },
  ],
  image: ROUTER_IMAGE,
  propose: ({ name, files, addresses, own: as_found, found, note }: Given) => {
    const sources = [...(files.get(OPTION) ?? [])].map(([node, source]) => ({ node, source }));
    const members = sources.map(({ node, source }) => ({ node, places: writtenPlaces(source) }));
    for (const { node, source } of sources)
      for (const line of [...looksAt(node, source), ...notCarriedOver(node, source), ...ofIpv6(node, source)])
        note(line);
    const pair = proposePair(
      name,
      members,
      { said: addresses, found, own_images: as_found !== undefined },
      note,
    );
    const own = sources.map(({ node, source }): [string, string] => [`${node}/keepalived.conf`, source.text]);
    return new Map([...own, ...pairFiles(pair, as_found)]);
  },
};

/** What a router looks at besides its interfaces must be so in the lab too, or nobody becomes master. */
function looksAt(node: string, source: GivenFile): string[] {
  const tracks = readKeepalivedConf(source).instances.flatMap((instance) => instance.tracks);
  const words = tracks.flatMap((track) => {
    if (track.kind === 'script') return `the script '${track.name}' (${track.command})`;
    return track.kind === 'process' ? `the process '${track.process}'` : [];
  });
  return [...new Set(words)].map(
    (what) =>
      `${node} looks at ${what}: it must be well in the lab too; give the node an image that has it, or change the copy`,
  );
}

/** Other files that it names: they are not read, and the lab's image does not have them. */
function notCarriedOver(node: string, { text }: GivenFile): string[] {
  return text.split('\n').flatMap((line, at) => {
    const [keyword = '', ...values] = line.trim().split(/\s+/);
    if (/^include[a-z]*$/.test(keyword))
      return [
        `${node}: ${values.join(' ')} (include, line ${at + 1}) is not read and not carried over: what it defines is missing in ` +
          'the lab; bind it in the topology, or put its lines into the copy',
      ];
    const file = values.map((word) => word.replaceAll('"', '')).find((word) => word.startsWith('/'));
    return /^notify(_[a-z_]+)?$/.test(keyword) && file !== undefined && !file.startsWith(OF_HADRILL)
      ? [
          `${node}: ${file} (${keyword}, line ${at + 1}) is not carried over, and what it does on a takeover does not happen in the ` +
            'lab; bind it in the topology, or give the node an image that has it',
        ]
      : [];
  });
}

/** The lab has IPv4 alone. */
function ofIpv6(node: string, source: GivenFile): string[] {
  return readKeepalivedConf(source)
    .instances.filter(({ family }) => family === 6)
    .map(
      ({ name, sync_group }) =>
        `${node}: vrrp_instance ${name} is of IPv6, which the proposed lab does not have, so it stays in FAULT` +
        `${sync_group === undefined ? '' : ` and its sync group '${sync_group}' with it`}: take it out of the copy, or ` +
        `write the topology after topologies/l3/l3-v6.clab.yml`,
    );
}
