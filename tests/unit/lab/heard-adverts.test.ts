import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { missingPython } from '../probes/probe-process.ts';

const agent = new URL('../../../images/fabric/agent/', import.meta.url).pathname;

/** What the agent makes of packets, which begin with their IP header. */
function parsed(packets: readonly (readonly number[])[]): unknown[] {
  const script = [
    'import json, sys',
    `sys.path.insert(0, ${JSON.stringify(agent)})`,
    'import heard_adverts',
    'for line in sys.stdin:',
    '    print(json.dumps(heard_adverts.parse(bytes.fromhex(line))))',
  ].join('\n');
  const { stdout, stderr } = spawnSync('python3', ['-S', '-c', script], {
    input: packets.map((packet) => `${Buffer.from(packet).toString('hex')}\n`).join(''),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const SOURCE = [169, 254, 192, 1];
const ipv4 = (protocol: number, payload: readonly number[]) => [
  ...[0x45, 0xc0, 0, 20 + payload.length, 0, 1, 0, 0, 255, protocol, 0, 0],
  ...[...SOURCE, 224, 0, 0, 18],
  ...payload,
];
const V6_SOURCE = [0xfe, 0x80, ...Array<number>(13).fill(0), 1];
const ipv6 = (payload: readonly number[]) => [
  ...[0x60, 0, 0, 0, 0, payload.length, 112, 255],
  ...V6_SOURCE,
  ...[0xff, 2, ...Array<number>(13).fill(0), 0x12],
  ...payload,
];
/** RFC 3768 section 5.1: authentication type, interval in seconds. */
const V2 = [0x21, 61, 100, 1, 0, 2, 0, 0, 198, 18, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
/** RFC 9568 section 5.2: interval in centiseconds, of twelve bits. */
const V3 = [0x31, 1, 50, 1, 0x0f, 0xff, 0, 0, 198, 18, 1, 1];
const V3_IPV6 = [0x31, 1, 50, 1, 0, 30, 0, 0, 0x20, 1, 0x0d, 0xb8, ...Array<number>(11).fill(0), 1];
/** RFC 4302 section 2, as keepalived writes it: VRRP follows, four words and 12 bytes of checksum. */
const AH = [112, 4, 0, 0, 1, 2, 3, 4, 0, 0, 0, 1, ...Array<number>(12).fill(9)];

describe.skipIf(missingPython)('advertisements at a node', () => {
  it('are read in both versions and families, and behind an authentication header', () => {
    const from = { family: 4, source: '169.254.192.1' };
    const v2 = { ...from, vrid: 61, priority: 100, advert_ms: 2000, addresses: ['198.18.1.1'] };
    expect(parsed([ipv4(112, V2), ipv4(51, [...AH, ...V2]), ipv4(112, V3), ipv6(V3_IPV6)])).toEqual([
      v2,
      v2,
      { ...from, vrid: 1, priority: 50, advert_ms: 40_950, addresses: ['198.18.1.1'] },
      {
        ...{ family: 6, source: 'fe80::1', vrid: 1, priority: 50 },
        ...{ advert_ms: 300, addresses: ['2001:db8::1'] },
      },
    ]);
  });

  it('are nothing else', () => {
    const ah_of_something = ipv4(51, [6, ...AH.slice(1), ...V2]);
    const wrong = [ipv4(112, [0x22, ...V2.slice(1)]), ipv4(112, V2.slice(0, 7)), ah_of_something];
    expect(parsed([...wrong, ipv4(112, V2.slice(0, 9))])).toEqual([null, null, null, null]);
  });
});
