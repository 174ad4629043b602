import { expect, test } from 'vitest';
import { describeScale } from '../../../../../harness/systems/dhcp/config/describe-scale.ts';
import { file, loadTexts } from './networks-files.ts';

async function scaleOf(top: string): Promise<string[]> {
  const networks = await loadTexts(file('{subnet: 198.18.16.0/21}', top));
  return describeScale(networks!.settings);
}

test('every time that is not Neutron’s own, with its ratio', async () => {
  const top = 'lease_time: 120s\nt1: 10s\nt2: 20s\nagent_down_time: 6s\nreport_interval: 2s\n';
  expect(await scaleOf(top)).toEqual([
    "lease 120 s, T1 10 s, T2 20 s (forced by options 58 and 59); Neutron's default lease is 86400 s (T1 43200 s, T2 75600 s): 1:720. Leases of 24 h were not tested.",
    "agent_down_time 6 s; Neutron's default is 75 s: 1:12.5.",
    "report_interval 2 s; Neutron's default is 30 s: 1:15.",
  ]);
});

test('nothing to say about Neutron’s own times', async () => {
  expect(await scaleOf('')).toEqual([]);
});

test('times that are not forced, only one forced, longer ones', async () => {
  expect(await scaleOf('lease_time: 240s\n')).toEqual([
    "lease 240 s, T1 120 s, T2 210 s; Neutron's default lease is 86400 s (T1 43200 s, T2 75600 s): 1:360. Leases of 24 h were not tested.",
  ]);
  expect((await scaleOf('t1: 60s\n'))[0]).toBe(
    "lease 86400 s, T1 60 s, T2 75600 s (forced by option 58); Neutron's default lease is 86400 s (T1 43200 s, T2 75600 s).",
  );
  expect(await scaleOf('agent_down_time: 150s\n')).toEqual([
    "agent_down_time 150 s; Neutron's default is 75 s: 2:1.",
  ]);
});
