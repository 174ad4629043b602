import { describe, expect, test } from 'vitest';
import { changed, expectProblem, FILES, problemsOf } from './cluster-files.ts';

const problem = (from: string, to: string, says: string | RegExp, files = FILES) =>
  expectProblem('cib.xml.template', from, to, says, files);
const IP = '<nvpair id="vip-ip" name="ip" value="198.18.1.100"/>';
const NIC = '<nvpair id="vip-nic" name="nic" value="front"/>';
const PREFIX = '<nvpair id="vip-prefix" name="cidr_netmask" value="24"/>';

test('XML that is none', () =>
  problem('</resources>', '▶</resource>', /^XML: Missing end tag for element resources/));

test('XML that is no CIB', async () => {
  expect(await problemsOf({ ...FILES, 'cib.xml.template': '<cib>\n</cib>\n' })).toEqual([
    'cib.xml.template:1:1 <cib> has no <configuration>',
  ]);
});

test('an id twice', () => problem('<op id="vip-monitor"', '▶<op id="vip-ip"', "id 'vip-ip' is there twice"));

describe('constraints on what is not there', () => {
  test('a colocation', () =>
    problem(
      '<rsc_colocation id="haproxy-with-vip" rsc="haproxy" with-rsc="vip"',
      '▶<rsc_colocation id="haproxy-with-vip" rsc="haproxy" with-rsc="vipp"',
      "colocation 'haproxy-with-vip' names a resource 'vipp' that is not there (did you mean 'vip'?); there are vip, haproxy",
    ));

  test('an order', () =>
    problem(
      '<rsc_order id="vip-before-haproxy" first="vip"',
      '▶<rsc_order id="o" first="web"',
      /^order 'o' names a resource 'web'/,
    ));

  test('a location', () =>
    problem(
      '</constraints>',
      '▶<rsc_location id="l" rsc="web" node="lb1" score="INFINITY"/></constraints>',
      "location 'l' names a resource 'web'",
    ));

  test('a set', () =>
    problem(
      '</constraints>',
      '<rsc_order id="o"><resource_set id="s"><resource_ref id="vip"/>▶<resource_ref id="web"/></resource_set></rsc_order></constraints>',
      "order 'o' names a resource 'web'",
    ));
});

describe('monitors', () => {
  const OP = `<op id="haproxy-monitor" name="monitor" interval="\${MONITOR}" timeout="5s"/>`;
  const never =
    "'haproxy' is never monitored, so Pacemaker never sees it fail: give it an operation like <op";

  test.each([
    '',
    '<op id="x" name="start" interval="1s"/>',
    '<op id="x" name="monitor"/>',
    '<op id="x" name="monitor" interval="0"/>',
    '<op id="x" name="monitor" interval="1s" enabled="false"/>',
  ])('never: %s', (op) =>
    problem(
      '<primitive id="haproxy"',
      '▶<primitive id="haproxy"',
      never,
      changed('cib.xml.template', OP, op),
    ),
  );

  test('one of two is enough', async () => {
    const other = '<op id="x" name="monitor" interval="0"/>';
    expect(await problemsOf(changed('cib.xml.template', OP, OP + other))).toEqual([]);
  });

  test.each(['interval="soon" timeout="5s"', 'interval="1s" timeout="soon"'])(
    'a time that is none: %s',
    (times) =>
      problem(
        OP,
        `▶<op id="x" name="monitor" ${times}/>`,
        "monitor of 'haproxy': 'soon' is no Pacemaker time",
      ),
  );

  test('a fencing device needs none', async () => {
    const device = '<primitive id="fence" class="stonith" type="fence_dummy"/></resources>';
    expect(await problemsOf(changed('cib.xml.template', '</resources>', device))).toEqual([]);
  });
});

describe('virtual addresses', () => {
  const replaced = (from: string, to: string) => changed('cib.xml.template', from, to);

  test('none', () =>
    problem(
      '<primitive id="vip"',
      '▶<primitive id="vip"',
      "'vip' has no address: give it",
      replaced(IP, ''),
    ));

  test.each(['198.18.1.300', '198.18.1', '198.18.1.100/24', '2001:db8::1', ''])('no IPv4 address: %j', (ip) =>
    problem(IP, `▶${IP.replace('198.18.1.100', ip)}`, `'${ip}' is no IPv4 address`),
  );

  test('outside of its network: told of each member', async () => {
    expect(await problemsOf(replaced(IP, IP.replace('198.18.1.100', '198.18.2.100')))).toEqual([
      "cib.xml.template:12:11 198.18.2.100 is outside the network of 'lb1:front', 198.18.1.11/24 (front): choose one inside",
      "cib.xml.template:12:11 198.18.2.100 is outside the network of 'lb2:front', 198.18.1.12/24 (front): choose one inside",
    ]);
  });

  test('in the network of another interface than told', async () => {
    const found = await problemsOf(replaced(NIC, NIC.replace('front', 'ring')));
    expect(found[0]).toBe(
      "cib.xml.template:12:11 198.18.1.100 is outside the network of 'lb1:ring', 169.254.192.1/18 (ring): choose one inside",
    );
  });

  test('without an interface: in a network of each member', async () => {
    const files = replaced(NIC, '');
    expect(await problemsOf(files)).toEqual([]);
    expect(await problemsOf(changed('cib.xml.template', '198.18.1.100', '203.0.113.1', files))).toEqual([
      "cib.xml.template:12:11 203.0.113.1 is outside all networks of node 'lb1', 198.18.1.11/24 (front), 169.254.192.1/18 (ring): choose one inside",
      expect.stringContaining("node 'lb2'"),
    ]);
  });

  test('an interface that a member does not have', async () => {
    const files = changed('t.clab.yml', '"lb2:front"', '"lb2:eth0"');
    expect(await problemsOf(files)).toEqual([
      "cib.xml.template:14:11 node 'lb2' has no interface 'front'; it has eth0, ring",
    ]);
    const banned = '<rsc_location id="l" rsc="vip" node="lb2" score="-INFINITY"/></constraints>';
    expect(await problemsOf(changed('cib.xml.template', '</constraints>', banned, files))).toEqual([]);
  });

  test.each(['lb1', 'client'])('the address of a node itself: %s', (node) => {
    const address = node === 'lb1' ? '198.18.1.11' : '198.18.1.10';
    return problem(
      IP,
      `▶${IP.replace('198.18.1.100', address)}`,
      `${address} is an address of node '${node}' itself`,
    );
  });

  test.each([
    ['198.18.1.0', 'the address of the network itself'],
    ['198.18.1.255', "the network's broadcast address"],
  ])('%s', async (ip, what) => {
    const found = await problemsOf(replaced(IP, IP.replace('198.18.1.100', ip)));
    expect(new Set(found)).toEqual(new Set([`cib.xml.template:12:11 ${ip} is ${what} (198.18.1.0/24)`]));
  });

  test.each(['16', '255.255.0.0', '255.0.255.0', 'many'])('another prefix length: %s', async (prefix) => {
    expect(await problemsOf(replaced(PREFIX, PREFIX.replace('24', prefix)))).toEqual([
      `cib.xml.template:13:11 cidr_netmask ${prefix} is not that of the network 198.18.1.0/24 on 'lb1:front': write 24`,
      expect.stringContaining("on 'lb2:front'"),
    ]);
  });

  test.each(['255.255.255.0', '32', '255.255.255.255'])('a prefix length that fits: %s', async (prefix) => {
    expect(await problemsOf(replaced(PREFIX, PREFIX.replace('24', prefix)))).toEqual([]);
  });

  test('on the loopback interface it needs no network', async () => {
    const files = replaced(NIC, NIC.replace('front', 'lo'));
    expect(await problemsOf(changed('cib.xml.template', '198.18.1.100', '203.0.113.1', files))).toEqual([]);
  });
});
