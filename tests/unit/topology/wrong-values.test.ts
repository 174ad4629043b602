import { describe, expect, test } from 'vitest';
import { lab, problemsOf } from './problems-of.ts';

const BINDS = '/etc/hostname:/a:ro';

/** One node `a` with the given settings. */
function node(settings: string): string {
  return lab(`    a: { ${settings} }`);
}

/** A link with the given address at one end. */
function link(family: 'ipv4' | 'ipv6', address: string): string {
  return lab('    a:\n    b:', `    - { endpoints: [ "a:e1", "b:e1" ], ${family}: [ "${address}" ] }`);
}

describe('an address that no interface can have is refused where it stands', () => {
  test.each([
    ['ipv4', '0.0.0.0/0', 'it stands for no address'],
    ['ipv4', '198.18.0.1/0', 'has prefix length 0'],
    ['ipv4', '224.0.0.1/24', 'multicast'],
    ['ipv4', '239.255.0.1/8', 'multicast'],
    ['ipv4', '127.0.0.1/8', 'loopback'],
    ['ipv4', '255.255.255.255/32', 'broadcast'],
    ['ipv4', '198.18.1.0/24', 'the address of the network itself'],
    ['ipv4', '198.18.1.255/24', "network's broadcast address"],
    ['ipv4', '198.18.1.7/30', "network's broadcast address"],
    ['ipv6', '::/0', 'it stands for no address'],
    ['ipv6', '2001:db8::1/0', 'has prefix length 0'],
    ['ipv6', '::1/128', 'loopback'],
    ['ipv6', 'ff02::1/64', 'multicast'],
  ] as const)('%s %s', async (family, address, message) => {
    const problems = await problemsOf(link(family, address));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^8:\d+ /);
    expect(problems[0]).toContain(message);
  });

  test.each([
    ['ipv4', '198.18.1.0/31'],
    ['ipv4', '198.18.1.1/31'],
    ['ipv4', '198.18.1.0/32'],
    ['ipv4', '198.18.0.255/23'],
    ['ipv4', '169.254.192.1/18'],
    ['ipv6', '2001:db8::1/64'],
    ['ipv6', '2001:db8::/127'],
    ['ipv6', 'fe80::1/64'],
  ] as const)('%s %s is fine', async (family, address) => {
    expect(await problemsOf(link(family, address))).toEqual([]);
  });
});

describe('a setting that the engine or the kernel would refuse is refused where it stands', () => {
  test.each([
    ['user: "0:0; rm -rf /"', "'0:0; rm -rf /' is not a user"],
    ['user: "a b"', "'a b' is not a user"],
    ['image: "x; rm -rf / $$(id)"', 'is not the name of an image'],
    ['image: "UPPER"', 'is not the name of an image'],
    ['image: "-x"', 'is not the name of an image'],
    ['sysctls: { kernel.panic: 1 }', "sysctl 'kernel.panic' is not one that a node can have"],
    ['sysctls: { vm.overcommit_memory: 1 }', 'is not one that a node can have'],
    ['memory: 1B', "'memory: 1B' is out of range: the engine takes 6 MiB or more"],
    ['memory: 99999999999GB', 'is out of range'],
    ['cpu: 0.001', "'cpu: 0.001' is out of range"],
    ['startup-delay: 9007199254740991', 'at most 86400'],
    [`binds: [ "${BINDS}", "/etc/hosts:/a" ]`, "'/a' is already bound in line 5"],
    [`binds: [ "${BINDS}", "/etc/hosts:/b/../a/" ]`, "'/a' is already bound in line 5"],
    [
      'labels: { hadrill.vr.x: 1/0.0.0.0 }',
      'cannot be an address of a virtual router: it stands for no address',
    ],
    [
      'labels: { hadrill.vr.x: 1/224.0.0.18 }',
      'cannot be an address of a virtual router: it is a multicast address',
    ],
  ])('%s', async (settings, message) => {
    const problems = await problemsOf(node(settings));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^5:\d+ /);
    expect(problems[0]).toContain(message);
  });

  test.each([
    'user: nobody',
    'user: "1000:1000"',
    'user: 0',
    'user: "a.b-c_d$$:grp"',
    'image: "registry.example:5000/a/b-c__d.e:v1.2_3"',
    `image: "a/b@sha256:${'0'.repeat(64)}"`,
    `image: "sha256:${'0'.repeat(64)}"`,
    'image: "localhost/x"',
    'image: "Registry.Example/x"',
    'sysctls: { net.ipv4.ip_forward: 1, net/ipv4/conf/eth0.100/rp_filter: 0, kernel.msgmax: 1, fs.mqueue.msg_max: 1 }',
    'memory: 6mib',
    'cpu: 0.01',
  ])('%s is fine', async (settings) => {
    expect(await problemsOf(node(settings))).toEqual([]);
  });

  test('a bind of a node still replaces that of its group', async () => {
    const text = `name: t
topology:
  defaults: { kind: linux, image: i }
  groups: { g: { binds: [ "/etc/hosts:/a" ] } }
  nodes:
    a: { group: g, binds: [ "/etc/hostname:/a" ] }
`;
    expect(await problemsOf(text)).toEqual([]);
  });
});

test.each(['name', 'prefix'])(
  'a %s of 5,000 characters is refused, and not repeated in full',
  async (key) => {
    const name = key === 'name' ? '' : 'name: t\n';
    const problems = await problemsOf(
      `${name}${key}: ${'x'.repeat(5000)}\n${lab('    a:').slice('name: t\n'.length)}`,
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('it has 5000 characters, 63 at most');
    expect(problems[0]!.length).toBeLessThan(200);
  },
);

describe('a name that JavaScript gives every object', () => {
  test.each([
    lab('    __proto__: { kind: linux }\n    a:'),
    node('env: { __proto__: 1 }'),
    node('labels: { __proto__: 1 }'),
    node('sysctls: { __proto__: 1 }'),
    lab('    a:', '    - { endpoints: [ "a:e1", "a:e2" ], vars: { __proto__: {} } }'),
  ])('__proto__ is refused by name: %j', async (yaml) => {
    const problems = await problemsOf(yaml);
    expect(problems.join('\n')).toContain("'__proto__' cannot be a name in this file: choose another");
  });

  test.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s is a name as any other',
    async (name) => {
      const nodes = `    ${name}: { env: { ${name}: x }, labels: { ${name}: y }, group: ${name} }`;
      const text = lab(nodes).replace('  nodes:', `  groups: { ${name}: { env: { B: z } } }\n  nodes:`);
      expect(await problemsOf(text)).toEqual([]);
      expect((await problemsOf(lab(`    a: { group: ${name} }`)))[0]).toContain(`unknown group '${name}'`);
      expect((await problemsOf(lab(`    a: { ${name}: 1 }`)))[0]).toContain(`unknown key '${name}'`);
      expect((await problemsOf(`${lab('    a:')}\n${name}: 1\n`))[0]).toContain(`unknown key '${name}'`);
    },
  );
});

describe('the kinds of a file', () => {
  const menu = (node: string) => `name: menu
topology:
  kinds:
    arista_ceos: { image: "ceos:4.32", license: key.txt }
    vr-sros:
    linux: { image: hadrill/endpoint }
  nodes:
    a: { kind: ${node} }
`;

  test('may be a menu that no node chooses from', async () => {
    expect(await problemsOf(menu('linux'))).toEqual([]);
  });

  test('are refused where a node is of one that is not run', async () => {
    const problems = await problemsOf(menu('arista_ceos'));
    expect(problems.join('\n')).toMatch(/^8:16 kind 'arista_ceos' is not supported/m);
  });

  test('are refused when one is mistyped', async () => {
    const problems = await problemsOf(menu('linux').replace('linux: {', 'linxu: {'));
    expect(problems).toContain("6:5 unknown kind 'linxu' (did you mean 'linux'?)");
  });
});
