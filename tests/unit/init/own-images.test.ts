import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { WAIT_SCRIPT } from '../../../harness/systems/proposal/wait-for-wires.ts';
import { keepalivedPair } from '../../../harness/systems/vrrp/init/keepalived-pair.ts';
import { splitWords } from '../../../harness/topology/split-words.ts';

const CONF = `vrrp_instance VI_1 {
 interface eth0
 virtual_router_id 51
 virtual_ipaddress { 198.18.7.100/24 }
}
`;

/** What is proposed around two nodes of somebody else's image. */
function proposed(argv: readonly string[] | undefined) {
  const source = { file: 'keepalived.conf', text: CONF };
  const nodes = ['a', 'b'];
  const notes: string[] = [];
  const own = { image: 'acme/router:7', ...(argv ? { argv } : {}) };
  const files = keepalivedPair.propose({
    name: 'pair',
    files: new Map([['keepalived', new Map(nodes.map((node) => [node, source]))]]),
    nodes,
    addresses: new Map(),
    own: new Map(nodes.map((node) => [node, own])),
    found: new Map([['a:eth0', '198.18.7.11/24']]),
    note: (line) => notes.push(line),
  });
  const { topology } = parse(files.get('pair.clab.yml')!) as {
    topology: { nodes: Record<string, Record<string, unknown>>; links: { endpoints: unknown[] }[] };
  };
  return { files, notes, ...topology };
}

test('a node waits for its addresses, and then runs what its container ran', () => {
  const argv = ['/init', 'a b', '$HOME', "it's", ''];
  const { nodes } = proposed(argv);
  expect(nodes.a).toMatchObject({
    image: 'acme/router:7',
    entrypoint: '/bin/sh /hadrill-wait-for-wires.sh 198.18.7.11 198.18.255.2 --',
  });
  expect(nodes.a!.binds).toContain('wait-for-wires.sh:/hadrill-wait-for-wires.sh:ro');
  expect(splitWords(String(nodes.a!.cmd).replaceAll('$$', '$'))).toEqual(argv);
  expect(nodes.client).not.toHaveProperty('entrypoint');
});

test('an image without a shell starts as it does', () => {
  const { nodes } = proposed(undefined);
  expect(nodes.a).not.toHaveProperty('entrypoint');
  expect(nodes.a!.binds).toEqual(['a/keepalived.conf:/etc/keepalived/keepalived.conf:ro']);
});

test('with one network nobody’s rules are needed: the server answers on the network of the client', () => {
  const { files, notes, nodes, links } = proposed(['/init']);
  expect(files.has('nftables.conf')).toBe(false);
  expect(nodes.server).toMatchObject({
    env: { ADDRESSES: 'behind=198.18.255.1/24 eth0=198.18.7.252/24' },
    sysctls: { 'net.ipv4.conf.all.rp_filter': 0 },
  });
  expect(links.flatMap(({ endpoints }) => endpoints)).toContain('server:eth0');
  expect(notes.join('\n')).toMatch(/'behind', and answers the client without the routers/);
});

test('the wait ends with the command, in its own words', async () => {
  const words = ['printf', '[%s]', 'a b', ''];
  const { stdout } = await execa('sh', ['-c', WAIT_SCRIPT, 'wait', '127.0.0.1', '--', ...words]);
  expect(stdout).toBe('[a b][]');
});
