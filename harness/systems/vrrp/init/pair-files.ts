import { ROUTER_SYSCTLS } from '../../../topology/router-sysctls.ts';
import type { Given } from '../../initialiser.ts';
import { drillTexts } from '../../proposal/drill-texts.ts';
import { labText, type ProposedNode } from '../../proposal/lab-text.ts';
import type { Network } from './addressing.ts';
import type { Pair } from './propose-pair.ts';

/** hadrill's image with keepalived. */
export const ROUTER_IMAGE = 'hadrill/router';

/** Every file of a proposal but the copies of the user's own, by its path. */
export function pairFiles(pair: Pair, own?: Given['own']): [string, string][] {
  const { name, server, routers } = pair;
  const router = routers[0]!.name;
  const hiding =
    server.back?.way === 'hidden' ? [['nftables.conf', hidingRules(server.network)] as [string, string]] : [];
  return [
    [`${name}.clab.yml`, topologyText(pair, own)],
    ...hiding,
    ...drillTexts({
      name,
      victim: `the node that is master of ${router}`,
      target: `host:master(${router})`,
      probe: { name: 'udp', options: { kind: 'udp', from: 'client', to: 'server', address: server.address } },
      expect: [
        "# No longer than the files allow, by VRRP's own arithmetic; the margin is in ms.",
        '- { metric: udp.outage_ms, op: within_bound, value: 100 }',
        '- { metric: vip.owners_max, op: "<=", value: 1 }',
      ],
      first: {
        kind: 'kill',
        target: `backup(${router})/keepalived`,
        words: 'keepalived of the backup is gone',
      },
      must_fail: '- { metric: udp.outage_ms, op: "<=", value: 9000 }',
      control_hold: '{ takeover: 10s }',
      claims: ["expect(result).toRecoverWithin('5s');", 'expect(result).toHaveSingleOwner();'],
    }),
  ];
}

function topologyText({ name, nodes, networks, routers, client, server }: Pair, own: Given['own']): string {
  const hidden = server.back?.way === 'hidden';
  const direct = server.back?.way === 'direct' ? server.back : undefined;
  const member = (node: string): ProposedNode => ({
    image: ROUTER_IMAGE,
    binds: [
      `${node}/keepalived.conf:/etc/keepalived/keepalived.conf:ro`,
      ...(hidden ? ['nftables.conf:/etc/nftables.conf:ro'] : []),
    ],
    env: { ADDRESSES: networks.flatMap((one) => addressOf(one, node) ?? []).join(' ') },
    labels: {
      'hadrill.host': node,
      ...Object.fromEntries(
        routers.map(({ name: router, virtual_router_id, vip }) => [
          `hadrill.vr.${router}`,
          `${virtual_router_id}/${vip}`,
        ]),
      ),
    },
    sysctls: { ...ROUTER_SYSCTLS },
  });
  const end = (network: Network, address: string, gateway: string | undefined): ProposedNode => ({
    image: 'hadrill/endpoint',
    env: {
      ADDRESSES: `${network.segment.name}=${address}/${network.prefix_length}`,
      ...(gateway === undefined ? {} : { GATEWAY: gateway }),
    },
  });
  const endWire = (node: string, { segment }: Network) => ({
    node,
    interface: segment.name,
    network: segment.name,
  });
  return labText({
    name,
    own,
    made_from: `the keepalived.conf of ${nodes.join(' and ')}`,
    nodes: {
      ...Object.fromEntries(nodes.map((node) => [node, member(node)])),
      client: end(client.network, client.address, client.gateway),
      server: direct ? serverOnBoth(server, direct) : end(server.network, server.address, server.gateway),
    },
    wires: [
      ...networks.flatMap(({ segment }) =>
        [...segment.interfaces].map(([node, own]) => ({ node, interface: own, network: segment.name })),
      ),
      endWire('client', client.network),
      endWire('server', server.network),
      ...(direct ? [endWire('server', direct.network)] : []),
    ],
  });
}

/** It is asked through the routers, and answers the client on the client's network. */
function serverOnBoth(
  { network, address }: Pair['server'],
  direct: { network: Network; address: string },
): ProposedNode {
  const both = [
    { network, address },
    { network: direct.network, address: direct.address },
  ];
  return {
    image: 'hadrill/endpoint',
    env: {
      ADDRESSES: both
        .map((one) => `${one.network.segment.name}=${one.address}/${one.network.prefix_length}`)
        .join(' '),
    },
    sysctls: { 'net.ipv4.conf.all.rp_filter': 0, 'net.ipv4.conf.default.rp_filter': 0 },
  };
}

function addressOf({ segment, own, prefix_length }: Network, node: string): string | undefined {
  const name = segment.interfaces.get(node);
  return name === undefined ? undefined : `${name}=${own.get(node)}/${prefix_length}`;
}

/** What the server answers comes back to the router that asked, whichever it is. */
function hidingRules({ segment }: Network): string {
  return `table ip hiding {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "${segment.name}" masquerade
  }
}
`;
}
