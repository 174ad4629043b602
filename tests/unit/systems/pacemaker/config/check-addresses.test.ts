import { describe, expect, test } from 'vitest';
import { changed, expectProblem, FILES, notesOf, problemsOf } from './cluster-files.ts';

const problem = (from: string, to: string, says: string | RegExp, files = FILES) =>
  expectProblem('cib.xml.template', from, to, says, files);
const IP = '<nvpair id="vip-ip" name="ip" value="198.18.1.100"/>';
const NIC = '<nvpair id="vip-nic" name="nic" value="front"/>';
const PREFIX = '<nvpair id="vip-prefix" name="cidr_netmask" value="24"/>';

describe('virtual addresses', () => {
  const replaced = (from: string, to: string) => changed('cib.xml.template', from, to);

  test('none', () =>
    problem(
      '<primitive id="vip"',
      '▶<primitive id="vip"',
      "'vip' has no address: give it",
      replaced(IP, ''),
    ));

  test.each(['198.18.1.300', '198.18.1', '198.18.1.100/24', 'vip.example', ''])('no address: %j', (ip) =>
    problem(IP, `▶${IP.replace('198.18.1.100', ip)}`, `'${ip}' is not an IP address`),
  );

  test('IPv6', async () => {
    const prefix = replaced(PREFIX, PREFIX.replace('24', '64'));
    const files = changed('cib.xml.template', IP, IP.replace('198.18.1.100', '2001:db8::1'), prefix);
    expect(await problemsOf(files)).toEqual([]);
  });

  // What IPaddr2 4.16 does with each was seen: it refuses these at its start ("Unable to find nic or netmask", "'nic'
  // parameter is mandatory for a link local address"), and starts them with both parameters.
  test('IPv6 outside of its network, and link-local: as the agent takes them', async () => {
    const six = (ip: string, files = FILES) =>
      changed('cib.xml.template', IP, IP.replace('198.18.1.100', ip), files);
    const own = changed(
      't.clab.yml',
      'MORE: ""',
      'MORE: ""\n        ADDRESSES: front=2001:DB8:1::11/64',
      replaced(PREFIX, ''),
    );
    expect(await problemsOf(six('2001:db8:1::64', own))).toEqual([]);
    const end =
      '2001:DB8:1::11/64 (front): without both nic and cidr_netmask the agent finds no place for it';
    expect(await problemsOf(six('2001:db8:9::64', own))).toEqual(
      ['lb1', 'lb2'].map(
        (node) => `cib.xml.template:12:11 2001:db8:9::64 is outside the network of '${node}:front', ${end}`,
      ),
    );
    expect(await problemsOf(six('2001:db8:1::11', own))).toEqual([
      "cib.xml.template:12:11 2001:db8:1::11 is an address of node 'lb1' itself: choose one that is free",
    ]);
    expect(await problemsOf(six('fe80::64', own))).toEqual([]);
    expect(await problemsOf(six('fe80::64', replaced(NIC, '')))).toEqual([
      expect.stringMatching(
        /^cib.xml.template:12:11 fe80::64 is link-local, .* wants the parameter nic with it$/,
      ),
    ]);
  });

  test('outside of its network, with interface and prefix length: started as any other', async () => {
    expect(await notesOf(replaced(IP, IP.replace('198.18.1.100', '198.18.130.21')))).toEqual([]);
    expect(await notesOf(replaced(NIC, NIC.replace('front', 'ring')))).toEqual([]);
  });

  test('outside of its network without a prefix length: the agent finds no place for it, on any member', async () => {
    const outside = IP.replace('198.18.1.100', '198.18.2.100');
    const files = changed('cib.xml.template', IP, outside, replaced(PREFIX, ''));
    const end = 'without both nic and cidr_netmask the agent finds no place for it';
    expect(await problemsOf(files)).toEqual([
      `cib.xml.template:12:11 198.18.2.100 is outside the network of 'lb1:front', 198.18.1.11/24 (front): ${end}`,
      `cib.xml.template:12:11 198.18.2.100 is outside the network of 'lb2:front', 198.18.1.12/24 (front): ${end}`,
    ]);
    // By a default route it does.
    const routed = changed('t.clab.yml', 'MORE: ""', 'MORE: ""\n        GATEWAY: 198.18.1.1', files);
    expect(await problemsOf(routed)).toEqual([]);
  });

  test('without an interface: in a network of each member', async () => {
    const files = replaced(NIC, '');
    expect(await problemsOf(files)).toEqual([]);
    expect(await problemsOf(changed('cib.xml.template', '198.18.1.100', '203.0.113.1', files))).toEqual([
      "cib.xml.template:12:11 203.0.113.1 is outside all networks of node 'lb1', 198.18.1.11/24 (front), 169.254.192.1/18 (ring): without both nic and cidr_netmask the agent finds no place for it",
      expect.stringContaining("node 'lb2'"),
    ]);
  });

  test('an interface that a member does not have', async () => {
    const files = changed('t.clab.yml', '"lb2:front"', '"lb2:eth0"');
    expect(await problemsOf(files)).toEqual([
      "cib.xml.template:14:11 node 'lb2' has no interface 'front'; it has eth0, ring",
    ]);
    const own = changed('t.clab.yml', 'image: hadrill/cluster', 'image: mine', files);
    expect(await notesOf(own)).toEqual([expect.stringContaining("has no interface 'front'")]);
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

  test.each(['255.0.255.0', 'many', '33', '0'])('no prefix length: %s', (prefix) =>
    problem(
      PREFIX,
      `▶${PREFIX.replace('24', prefix)}`,
      `cidr_netmask '${prefix}' is not a prefix length from 1 to 32: write it like 24`,
    ),
  );

  test('the label of an interface', async () => {
    expect(await problemsOf(replaced(NIC, NIC.replace('front', 'front:0')))).toEqual([]);
  });

  test.each(['255.255.255.0', '32', '255.255.0.0', '16', '28', ''])('a prefix length: %j', async (prefix) => {
    expect(await problemsOf(replaced(PREFIX, PREFIX.replace('24', prefix)))).toEqual([]);
  });

  test('on the loopback interface it needs no network', async () => {
    const files = replaced(NIC, NIC.replace('front', 'lo'));
    expect(await problemsOf(changed('cib.xml.template', '198.18.1.100', '203.0.113.1', files))).toEqual([]);
  });
});
