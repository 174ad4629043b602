import { describe, expect, it, test } from 'vitest';
import { portRuns } from '../../../harness/probes/dhcp/dhcp-program.ts';
import { missingPython, ProbeProcess, scratch } from './probe-process.ts';

const suite = missingPython ? `dhcp probe (skipped: ${missingPython})` : 'dhcp probe';
const ports = [{ mac: '02:16:10:00:00:00', address: '198.18.17.0', mac_step: 1, count: 100 }];
const params = {
  interface: 'nowhere',
  ports,
  rate: 10,
  held: 6,
  retransmit_ns: 4e9,
  give_up_ns: 60e9,
  late_ns: 1e9,
  collect_ns: 5e8,
  release: false,
  broadcast: false,
  reuse: false,
  realtime: false,
};

test('ports in a row become one', () => {
  expect(
    portRuns([
      { mac: '02:16:10:00:00:fe', address: '198.18.17.254' },
      { mac: '02:16:10:00:00:ff', address: '198.18.17.255' },
      { mac: '02:16:10:00:01:00', address: '198.18.18.0' },
      { mac: '02:16:10:00:01:01', address: '198.18.18.9' },
      { mac: '02:16:20:00:00:00', address: '198.18.18.10' },
    ]),
  ).toEqual([
    { mac: '02:16:10:00:00:fe', address: '198.18.17.254', mac_step: 1, count: 3 },
    { mac: '02:16:10:00:01:01', address: '198.18.18.9', mac_step: 1, count: 1 },
    { mac: '02:16:20:00:00:00', address: '198.18.18.10', mac_step: 1, count: 1 },
  ]);
  expect(portRuns([])).toEqual([]);
});

describe.skipIf(missingPython)(suite, { timeout: 30_000 }, () => {
  it.each([
    ['a rate', { rate: 0 }, 'parameter rate is 0, expected an integer from 1 to 100000'],
    ['a switch', { broadcast: 1 }, 'parameter broadcast is 1, expected true or false'],
    ['ports', { ports: [] }, 'parameter ports is [], expected a list of at least one object'],
    ['too few ports', { held: 99 }, '100 ports are too few for 99 held leases and two exchanges'],
    [
      'a MAC',
      { ports: [{ ...ports[0], mac: '02:16' }] },
      "a port has the MAC '02:16', expected a MAC address",
    ],
    ['an address', { ports: [{ ...ports[0], address: 'x' }] }, "a port has the address 'x', not an IPv4 one"],
    // Without the capability for packet sockets that is what is wrong first.
    ['an interface', {}, /^(there is no interface nowhere|a packet socket needs the capability NET_RAW)$/],
  ])('says what is wrong: %s', async (_, change, message) => {
    const output = scratch().path('dhcp.jsonl');
    const [probe, line] = await ProbeProcess.start('dhcp_client', { ...params, ...change, output });
    expect(line).toMatchObject({ event: 'error' });
    if (typeof message === 'string') expect(line.message).toContain(message);
    else expect(line.message).toMatch(message);
    expect(await probe.exited).toBe(1);
  });
});
