import { expect, it } from 'vitest';
import { parseDnsmasqLeases } from '../../../../../harness/systems/dhcp/findings/dnsmasq-leases.ts';

it('reads leases with and without an end', () => {
  const text = '1795383377 02:16:00:00:00:01 198.18.16.11 host-a *\n0 02:16:00:00:00:AB 198.18.16.12 * *\n';
  expect(parseDnsmasqLeases(text)).toEqual([
    { expires_s: 1_795_383_377, mac: '02:16:00:00:00:01', address: '198.18.16.11' },
    { expires_s: undefined, mac: '02:16:00:00:00:ab', address: '198.18.16.12' },
  ]);
});

it('leaves out what is not an IPv4 lease, and a line that is being written', () => {
  const text =
    'duid 00:01:00:01\n1 7 2001:db8::1 * 00:01\n\nnonsense\n17953 02:16:00:00:00:01 198.18.16.11 * *\n1795 02:16:00:00:00:02 198.18.16.1';
  expect(parseDnsmasqLeases(text).map(({ address }) => address)).toEqual(['198.18.16.11']);
});
