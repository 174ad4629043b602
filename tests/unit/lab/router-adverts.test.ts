import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { missingPython } from '../probes/probe-process.ts';

const agent = new URL('../../../images/fabric/agent/', import.meta.url).pathname;

function python(lines: readonly string[], input = ''): string[] {
  const head = ['import json, sys', `sys.path.insert(0, ${JSON.stringify(agent)})`, 'import router_adverts'];
  const { stdout, stderr } = spawnSync('python3', ['-S', '-c', [...head, ...lines].join('\n')], {
    input,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

/** As radvd 2.20 sends it, without its options: RFC 4861 section 4.2. */
const advert = (change: Readonly<Record<number, number>> = {}) => {
  const bytes = [
    ...[0x60, 0, 0, 0, 0, 16, 58, 255],
    ...[0xfe, 0x80, ...Array<number>(13).fill(0), 1],
    ...[0xff, 2, ...Array<number>(13).fill(0), 1],
    ...[134, 0, 0x12, 0x34, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0],
  ];
  for (const [at, byte] of Object.entries(change)) bytes[Number(at)] = byte;
  return bytes;
};

describe.skipIf(missingPython)('router advertisements at a node', () => {
  it('are read with their source and their lifetime, and nothing else is', () => {
    const packets = [
      advert(),
      advert({ 46: 0, 47: 0 }),
      // Another message, one that came through a router, one that is cut, IPv4.
      ...[advert({ 40: 133 }), advert({ 7: 254 }), advert().slice(0, 50), advert({ 0: 0x45 }), []],
    ];
    const read = python(
      ['for line in sys.stdin:', '    print(json.dumps(router_adverts.parse(bytes.fromhex(line))))'],
      packets.map((packet) => `${Buffer.from(packet).toString('hex')}\n`).join(''),
    );
    expect(read.map((line) => JSON.parse(line))).toEqual([
      ['fe80::1', 1800],
      ['fe80::1', 0],
      ...[null, null, null, null, null],
    ]);
  });

  it('are asked for with a solicitation whose checksum is right', () => {
    const [hex] = python(['print(router_adverts.solicitation().hex())']);
    const frame = Buffer.from(hex!, 'hex');
    expect(frame).toHaveLength(14 + 40 + 8);
    expect(frame.subarray(0, 6).toString('hex')).toBe('333300000002');
    const packet = frame.subarray(14);
    // RFC 4443 section 2.3: source, destination, length, next header, message.
    const summed = Buffer.concat([
      packet.subarray(8, 40),
      Buffer.from([0, 0, 0, 8, 0, 0, 0, 58]),
      packet.subarray(40),
    ]);
    let sum = 0;
    for (let at = 0; at < summed.length; at += 2) sum += summed.readUInt16BE(at);
    expect((sum & 0xffff) + (sum >> 16)).toBe(0xffff);
  });
});
