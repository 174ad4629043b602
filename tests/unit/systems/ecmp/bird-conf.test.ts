import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../../../harness/engine/package-root.ts';
import { InputError } from '../../../../harness/ground/errors.ts';
import { bfdTimersOn, parseBirdConf } from '../../../../harness/systems/ecmp/config/bird-conf.ts';

const parse = (text: string) => parseBirdConf(text, 'bird.conf');
const read = (file: string) => readFileSync(path.join(PACKAGE_ROOT, 'topologies/lb-ecmp', file), 'utf8');

describe('BGP sessions', () => {
  test('have what their template says, and their own word stands above it', () => {
    const { bgp } = parse(`
      template bgp balancer { local 198.18.1.1 as 65000; hold time 9; bfd on; }
      protocol bgp lb1 from balancer { neighbor 198.18.1.11 as 65001; }
      protocol bgp lb2 from balancer { neighbor 198.18.1.12 as 65001; hold time 30; keepalive time 5; bfd off; }`);
    const common = { local: '198.18.1.1', exports: false };
    expect(bgp).toEqual([
      { ...common, name: 'lb1', neighbor: '198.18.1.11', hold_ms: 9000, keepalive_ms: undefined, bfd: true },
      { ...common, name: 'lb2', neighbor: '198.18.1.12', hold_ms: 30_000, keepalive_ms: 5000, bfd: false },
    ]);
  });

  test('tell their neighbour what they export, and nothing without a word', () => {
    const exports = (text: string) =>
      parse(`template bgp t { } protocol bgp a from t { ${text} }`).bgp[0]!.exports;
    expect(exports('ipv4 { import all; export where net = 198.19.0.100/32; };')).toBe(true);
    expect(exports('ipv4 { import all; export none; };')).toBe(false);
    expect(exports('ipv4 { import all; };')).toBe(false);
  });

  test('without a word have a hold time of 240 s and no BFD', () => {
    const [session] = parse('protocol bgp { neighbor 198.18.1.1 as 65000; }').bgp;
    expect(session).toMatchObject({ name: 'bgp', hold_ms: 240_000, bfd: false });
  });
});

describe('BFD', () => {
  const on = (text: string, name = 'fabric') => bfdTimersOn(parse(`protocol bfd { ${text} }`), name);

  test('has the timers of the first pattern that fits', () => {
    const text =
      'interface "lo", "fab*" { interval 300 ms; multiplier 3; }; interface "fabric" { interval 1 s; };';
    expect(on(text)).toEqual({ min_rx_ms: 300, min_tx_ms: 300, multiplier: 3 });
  });

  test("has BIRD's defaults where the file says nothing", () => {
    expect(on('')).toEqual({ min_rx_ms: 10, min_tx_ms: 100, multiplier: 5 });
    expect(on('interface "front" { multiplier 9; };')).toEqual({
      min_rx_ms: 10,
      min_tx_ms: 100,
      multiplier: 5,
    });
  });

  test('may send and receive at different intervals', () => {
    const text = 'interface "*" { min rx interval 50 ms; min tx interval 20000 us; };';
    expect(on(text)).toEqual({ min_rx_ms: 50, min_tx_ms: 20, multiplier: 5 });
  });
});

test('what is not followed is named', () => {
  expect(parse('include "other.conf";').unfollowed).toEqual(["'include'"]);
  expect(parse('protocol bgp { hold time HOLD; bfd { interval 50 ms; }; }').unfollowed).toEqual([
    "'hold time HOLD'",
    "'bfd { ... }' of a BGP session",
  ]);
  expect(parse('protocol bfd { interface "a" { interval FAST; }; }').unfollowed).toEqual(["'interval FAST'"]);
});

test('only a router writes into the kernel', () => {
  const kernel = (channel: string) =>
    parse(`protocol kernel { merge paths on; ipv4 { ${channel} }; }`).to_kernel;
  expect(kernel('export where source = RTS_BGP;')).toBe(true);
  expect(kernel('import all; export none;')).toBe(false);
  expect(kernel('')).toBe(false);
  expect(parse(read('router.bird.conf.template')).to_kernel).toBe(true);
  expect(parse(read('balancer.bird.conf.template')).to_kernel).toBe(false);
});

test('comments, strings and sets are read as such', () => {
  const text = `# } a comment
    /* and { another */ log "/var/log/b}ird" all;
    filter f { if net ~ [ 198.19.0.0/16{24,32} ] then accept; reject; }
    protocol bgp a { neighbor 198.18.1.1 as 1; }`;
  expect(parse(text).bgp.map(({ neighbor }) => neighbor)).toEqual(['198.18.1.1']);
});

test.each([
  ['protocol bgp a {', "bird.conf:1:16: this '{' has no '}'"],
  ['router id 1.2.3.4;\n }', "bird.conf:2:2: there is no '{' for this '}'"],
  ['router id 1.2.3.4', "bird.conf:1:1: this statement has no ';'"],
  ['log "bird.log all;', 'bird.conf:1:5: this string has no end'],
])('%j is refused with its place', (text, message) => {
  expect(() => parse(text)).toThrow(InputError);
  expect(() => parse(text)).toThrow(message);
});
