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
    what: 'a backend that is not there',
    file: 'haproxy.cfg.template',
    from: 'default_backend web',
    to: 'default_backend ▶wep',
    says: /there is no backend 'wep' \(did you mean 'web'\?\)/,
  },
  {
    what: 'a virtual address that is a network',
    file: 'cib.xml.template',
    from: '<nvpair id="vip-ip" name="ip" value="198.18.1.100"/>',
    to: '▶<nvpair id="vip-ip" name="ip" value="198.18.1.0"/>',
    says: /198\.18\.1\.0 is the address of the network itself/,
  },
  {
    what: 'a token that is not a time',
    file: 'corosync.conf.template',
    from: `token: \${TOKEN_MS}`,
    to: '▶token: 1s',
    says: /token must be a whole number from 30 to 4294967295, not '1s'/,
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

test("what only the daemons can tell is refused in the nodes, in the daemons' own words and with the places", async () => {
  const copy = await Copy.of('lb');
  const places = [
    await copy.edit('haproxy.cfg.template', '    retries 2\n', '    ▶retrys 2\n'),
    await copy.edit('corosync.conf.template', '    cluster_name: lb\n', '    ▶link mode: active\n'),
    // crm_verify names no place.
    copy.file('cib.xml.template'),
  ];
  await copy.edit('cib.xml.template', '<alerts>', '<allerts/>\n    <alerts>');
  const stderr = await copy.refuses('run', copy.file('haproxy-kill.drill.yml'), '--out', copy.file('out'));
  for (const place of places) expect(stderr).toContain(`${place}: `);
  expect(stderr).toMatch(
    /haproxy in node 'lb1': unknown keyword 'retrys' in 'defaults' section; did you mean 'retries'/,
  );
  expect(stderr).toMatch(/corosync in node 'lb1': .*link mode/);
  expect(stderr).toMatch(/crm_verify in node 'lb1': .*(?:allerts|configuration)/);
});

test('hadrill up asks them as well, and leaves no lab behind', async () => {
  const copy = await Copy.of('lb');
  const place = await copy.edit('haproxy.cfg.template', '    retries 2\n', '    ▶retrys 2\n');
  const stderr = await copy.refuses('up', copy.file('lb.clab.yml'));
  expect(stderr).toContain(`${place}: haproxy in node 'lb1': unknown keyword 'retrys'`);
  await expectNothingLeft(`${copy.lab}*`);
});

test('a host name in the nodelist that does not resolve: noted, and refused in the nodes', async () => {
  const copy = await Copy.of('lb');
  const at = await copy.edit('lb.clab.yml', 'ring0_addr: 169.254.192.2\n', 'ring0_addr: two.example\n');
  const stderr = await copy.refuses('run', copy.file('haproxy-kill.drill.yml'), '--out', copy.file('out'));
  expect(at).toContain('lb.clab.yml');
  expect(stderr).toMatch(/note: .*corosync\.conf\.template:\d+:\d+: ring0_addr two\.example is a host name/);
  expect(stderr).toMatch(
    /corosync\.conf\.template: corosync in node 'lb1': failed to parse node address 'two\.example'/,
  );
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
