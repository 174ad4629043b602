import { stringify } from 'yaml';
import { ROUTER_SYSCTLS } from '../topology/router-sysctls.ts';
import type { Network } from './addressing.ts';
import type { Pair } from './propose-pair.ts';

/** Every file of a proposal but the copies of the user's own, by its path. */
export function pairFiles(pair: Pair): Map<string, string> {
  const { name, server } = pair;
  return new Map([
    [`${name}.clab.yml`, topologyText(pair)],
    ...(server.gateway === undefined ? [['nftables.conf', hidingRules(server.network)] as const] : []),
    ['node-crash.drill.yml', crashDrill(pair)],
    ['control.drill.yml', controlDrill(pair)],
    ['failover.test.ts', testText(pair)],
  ]);
}

function topologyText({ name, nodes, networks, routers, client, server }: Pair): string {
  const hidden = server.gateway === undefined;
  const member = (node: string) => ({
    kind: 'linux',
    image: 'hadrill/router',
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
  const end = (network: Network, address: string, gateway: string | undefined) => ({
    kind: 'linux',
    image: 'hadrill/endpoint',
    env: {
      ADDRESSES: `${network.segment.name}=${address}/${network.prefix_length}`,
      ...(gateway === undefined ? {} : { GATEWAY: gateway }),
    },
  });
  const bridges = networks.map(({ segment }) => [
    `${segment.name}|fabric`,
    { kind: 'bridge', 'network-mode': 'container:fabric' },
  ]);
  const topology = {
    name,
    topology: {
      nodes: {
        fabric: { kind: 'linux', image: 'hadrill/fabric' },
        ...Object.fromEntries(bridges),
        ...Object.fromEntries(nodes.map((node) => [node, member(node)])),
        client: end(client.network, client.address, client.gateway),
        server: end(server.network, server.address, server.gateway),
      },
      links: [
        ...networks.flatMap(({ segment }, at) =>
          [...segment.interfaces].map(([node, own]) => link(node, own, segment.name, `${node}-${at}`)),
        ),
        link('client', client.network.segment.name, client.network.segment.name, 'client'),
        link('server', server.network.segment.name, server.network.segment.name, 'server'),
      ],
    },
  };
  return `# Made by hadrill init from the keepalived.conf of ${nodes.join(' and ')}. Change it as you like.\n${stringify(topology, { lineWidth: 110 })}`;
}

function addressOf({ segment, own, prefix_length }: Network, node: string): string | undefined {
  const name = segment.interfaces.get(node);
  return name === undefined ? undefined : `${name}=${own.get(node)}/${prefix_length}`;
}

function link(node: string, own: string, bridge: string, port: string) {
  return { endpoints: [`${node}:${own}`, `${bridge}|fabric:${port.slice(0, 15)}`] };
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

function crashDrill({ name, routers, server }: Pair): string {
  const [router] = routers;
  return `# Made by hadrill init.
description: the node that is master of ${router!.name} loses its power, and comes back
topology: ${name}.clab.yml
probes:
  udp: { kind: udp, from: client, to: server, address: ${server.address} }
fault: { kind: crash, target: "host:master(${router!.name})" }
expect:
  # No longer than the files allow, by VRRP's own arithmetic; the margin is in ms.
  - { metric: udp.outage_ms, op: within_bound, value: 100 }
  - { metric: vip.owners_max, op: "<=", value: 1 }
`;
}

function controlDrill({ name, routers, server }: Pair): string {
  const [router] = routers;
  return `# Made by hadrill init. The control: it must fail (exit code 1), for nobody is left to take over. If it passes, the drill beside it
# proves nothing.
description: "control: keepalived of the backup is gone when the master of ${router!.name} loses its power; this must fail"
topology: ${name}.clab.yml
probes:
  udp: { kind: udp, from: client, to: server, address: ${server.address} }
faults:
  - { kind: kill, target: "backup(${router!.name})/keepalived" }
  - { kind: crash, target: "host:master(${router!.name})" }
hold: { takeover: 10s }
expect:
  - { metric: udp.outage_ms, op: "<=", value: 9000 }
`;
}

function testText({ name, routers, server }: Pair): string {
  const [router] = routers;
  return `// Made by hadrill init. Timeouts are in ms: a lab is built in seconds, a trial takes 10 to 30 s.
import { test } from 'hadrill/vitest';
import { expect } from 'vitest';

const probes = { udp: { kind: 'udp', from: 'client', to: 'server', address: '${server.address}' } } as const;

test('the master loses its power, and clients wait for less than 5 s', { timeout: 180_000, retry: 1 }, async ({ hadrill }) => {
  const lab = await hadrill.openLab(\`\${import.meta.dirname}/${name}.clab.yml\`);
  const trial = await hadrill.measure(lab, { name: '${name}/crash', probes });
  await trial.fault('crash', 'host:master(${router!.name})');
  const result = await trial.result();
  expect(result).toRecoverWithin('5s');
  expect(result).toHaveSingleOwner();
});
`;
}
