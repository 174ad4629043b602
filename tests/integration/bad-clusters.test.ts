import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Copy } from '../support/copy.ts';
import { drillFile, expectNothingLeft } from '../support/labs.ts';
import { refused } from '../support/refused.ts';

/** ▶ is where the message must point to. */
const MISTAKES: { what: string; file: string; from: string; to: string; says: RegExp }[] = [
  {
    what: 'a UDP listener',
    file: 'haproxy.cfg.template',
    from: 'bind 198.18.1.100:80',
    to: 'bind ▶udp@198.18.1.100:53',
    says: /'udp@198\.18\.1\.100:53' is a UDP listener: HAProxy balances TCP and HTTP only/,
  },
  {
    what: 'a backend without an address',
    file: 'haproxy.cfg.template',
    from: 'server web2 203.0.113.22:8080 check',
    to: 'server web2 ▶:8080 check',
    says: /server 'web2' has a port but no address: write it like 'server web2 198\.18\.1\.21:80'/,
  },
  {
    what: 'a virtual address outside its network',
    file: 'cib.xml.template',
    from: '<nvpair id="vip-ip" name="ip" value="198.18.1.100"/>',
    to: '▶<nvpair id="vip-ip" name="ip" value="198.18.2.100"/>',
    says: /198\.18\.2\.100 is outside the network of 'lb1:front', 198\.18\.1\.11\/24/,
  },
  {
    what: 'two nodes without two_node',
    file: 'corosync.conf.template',
    from: `two_node: \${TWO_NODE}`,
    to: '▶two_node: 0',
    says: /of two nodes the survivor loses quorum and stops everything: write 'two_node: 1' into quorum/,
  },
];

test.each(MISTAKES)('$what: refused with its place', async ({ file, from, to, says }) => {
  const copy = await Copy.of('lb');
  const at = await copy.edit(file, from, to);
  const stderr = await copy.refuses('up', copy.file('lb.clab.yml'));
  expect(stderr).toContain(`${at}: `);
  expect(stderr).toMatch(says);
});

test('a drill on such a topology is refused as well, with all mistakes at once', async () => {
  const copy = await Copy.of('lb');
  const places: string[] = [];
  for (const { file, from, to } of MISTAKES) places.push(await copy.edit(file, from, to));
  const drill = await readFile(drillFile('quick-crash'), 'utf8');
  await writeFile(copy.file('x.drill.yml'), drill.replace(/^topology:.*$/m, 'topology: lb.clab.yml'));
  const stderr = await copy.refuses('run', copy.file('x.drill.yml'), '--out', copy.file('out'));
  for (const place of places) expect(stderr).toContain(`${place}: `);
});

test('a resource agent that the image lacks: refused when the lab is there, with those that it has', async () => {
  const copy = await Copy.of('lb');
  await copy.edit(
    'cib.xml.template',
    'provider="hadrill" type="haproxy"',
    'provider="hadrill" type="haproxi"',
  );
  const { stderr } = await refused(
    ['run', copy.file('haproxy-kill.drill.yml'), '--out', copy.file('out')],
    3,
  );
  expect(stderr).toMatch(
    /resource 'haproxy' asks for the agent ocf:hadrill:haproxi, which image hadrill\/cluster/,
  );
  expect(stderr).toMatch(/provider 'hadrill' has haproxy, metadata-agent there/);
  await expectNothingLeft(`${copy.lab}*`);
});
