import { describe, expect, onTestFinished, test } from 'vitest';
import { msFromNs } from '../../harness/ground/time.ts';
import { sleep } from '../../harness/ground/wait.ts';
import { labNow } from '../../harness/lab/now.ts';
import { useCalibrationLab } from '../support/calibration-lab.ts';
import { insertHang } from '../support/inserted-hang.ts';
import { insertLoss } from '../support/inserted-loss.ts';
import {
  type Away,
  type Said,
  skipIfStarved,
  startProbe,
  waitGreen,
  waitSettled,
} from '../support/running-probes.ts';

const FRAMES = { kind: 'frames', from: 'client', to: 'server' };
const NEW_FLOWS = { kind: 'new-flows', from: 'client', to: 'server', address: '198.18.4.2' };
const OWN_MAC = '02:00:00:00:04:01';
/** A probe that was kept from its schedule for longer can't be held to what it measured. */
const MOST_STARVED_MS = 50;

describe('losses inserted from outside are what a probe of frames, and one of new flows, reports', () => {
  const lab = useCalibrationLab('frames');

  async function during(said: Said, rule: string, length_ms: number) {
    const probe = await startProbe(lab(), 'seg', said);
    onTestFinished(() => probe.running.abandon());
    await waitGreen(probe);
    await sleep(600);
    const fault_ns = await labNow(lab());
    const [inserted] = await insertLoss(lab(), rule, [length_ms]);
    const heal_ns = await labNow(lab());
    await waitSettled(probe, heal_ns);
    return { inserted: inserted!, found: await probe.findings(fault_ns, heal_ns) };
  }

  function expectOutage(metrics: Record<string, number>, which: string, { gone, back }: Away): void {
    const [ms, error_ms] = [metrics[`${which}outage_ms`]!, metrics[`${which}outage_error_ms`]!];
    expect(ms + error_ms).toBeGreaterThanOrEqual(msFromNs(back[0] - gone[1]));
    expect(ms - error_ms).toBeLessThanOrEqual(msFromNs(back[1] - gone[0]));
  }

  test.for([
    { cast: 'broadcast', length_ms: 237, interval: '5ms' },
    { cast: 'unicast', length_ms: 1000, interval: '10ms' },
  ])('$cast frames, lost for $length_ms ms', async ({ cast, length_ms, interval }, context) => {
    const said = { ...FRAMES, cast, interval, intruders: ['server'] };
    const { inserted, found } = await during(said, 'ether type 0x88b5 drop', length_ms);
    skipIfStarved(context, found, MOST_STARVED_MS);
    const { metrics } = found;
    expectOutage(metrics, '', inserted);
    expectOutage(metrics, 'send_', inserted);
    expect(metrics).toMatchObject({ outages: 1, late: 0, duplicated: 0, reordered: 0, returned: 0 });
    expect(metrics.send_outage_lost).toBe(metrics.lost);
    // The receiver itself as an intruder hears all that arrived: an intruder's count can be other than 0.
    expect(metrics.leaked).toBe(metrics.sent! - metrics.lost!);
    expect(found).toMatchObject({ open: [], doubts: [] });
  });

  test.for([
    { what: 'holds all', fit: 10_000 },
    { what: 'holds 64 and drops the rest', fit: 64 },
  ])(
    'a path that hangs for 1 s and $what: late and lost are what was sent in it',
    async ({ fit }, context) => {
      const probe = await startProbe(lab(), 'seg', { ...FRAMES, interval: '5ms' });
      onTestFinished(() => probe.running.abandon());
      await waitGreen(probe);
      const fault_ns = await labNow(lab());
      const [come_in, go_out] = ['client', 'server'].map((node) => lab().node(node).ports[0]!.port);
      const way = { come_in: come_in!, go_out: go_out!, ethertype: 0x88b5, length_ms: 1000, fit };
      const { away, kept, over } = await insertHang(lab(), way);
      const heal_ns = await labNow(lab());
      await waitSettled(probe, heal_ns);
      const found = await probe.findings(fault_ns, heal_ns);
      skipIfStarved(context, found, MOST_STARVED_MS);
      const { metrics } = found;
      const hang_ms = msFromNs(away.back[0] - away.gone[0]);
      expect(Math.abs(metrics.send_outage_ms! - hang_ms)).toBeLessThan(50);
      // What came while the rule was made or taken away may have been dropped without being kept.
      expect(Math.abs(metrics.send_outage_lost! - over)).toBeLessThanOrEqual(20);
      // Of those that were kept, the last few waited too short a time to be late.
      expect(kept - metrics.send_outage_late!).toBeLessThanOrEqual(20);
      const sent = metrics.send_outage_ms! / 5;
      expect(Math.abs(metrics.send_outage_late! + metrics.send_outage_lost! - sent)).toBeLessThanOrEqual(2);
      expect(found.notes!.join()).toContain('held back, not only lost');
      expect(found.doubts).toEqual([]);
    },
  );

  test('new MAC addresses are cut off alone', async (context) => {
    const rule = `ether type 0x88b5 ether saddr != ${OWN_MAC} drop`;
    const said = { ...FRAMES, interval: '5ms', new_mac_every: 4 };
    const { inserted, found } = await during(said, rule, 600);
    skipIfStarved(context, found, MOST_STARVED_MS);
    expectOutage(found.metrics, 'new_', inserted);
    expect(found.metrics).toMatchObject({ outage_ms: 0, outages: 0 });
    expect(found.metrics.lost).toBe(found.metrics.new_lost);
    expect(found.metrics.new_lost).toBeGreaterThan(20);
  });

  test('known MAC addresses are cut off alone', async (context) => {
    const rule = `ether type 0x88b5 ether saddr ${OWN_MAC} drop`;
    const said = { ...FRAMES, interval: '5ms', new_mac_every: 4 };
    const { inserted, found } = await during(said, rule, 600);
    skipIfStarved(context, found, MOST_STARVED_MS);
    expectOutage(found.metrics, '', inserted);
    expect(found.metrics).toMatchObject({ new_outage_ms: 0, new_lost: 0 });
    expect(found.doubts).toEqual([]);
  });

  test.for([
    { what: 'all flows', rule: 'udp dport 7004 drop', established: true, fresh: true },
    { what: 'new flows', rule: 'udp sport 10000-29999 udp dport 7004 drop', established: false, fresh: true },
    {
      what: 'the flow that lasted',
      rule: 'udp sport 30000-65535 udp dport 7004 drop',
      established: true,
      fresh: false,
    },
  ])('$what, lost for 500 ms', async ({ rule, established, fresh }, context) => {
    const { inserted, found } = await during(NEW_FLOWS, rule, 500);
    skipIfStarved(context, found, MOST_STARVED_MS);
    for (const [flow, is] of [['established', established] as const, ['new', fresh] as const]) {
      if (is) expectOutage(found.metrics, `${flow}_`, inserted);
      else expect(found.metrics).toMatchObject({ [`${flow}_outage_ms`]: 0, [`${flow}_lost`]: 0 });
    }
    expect(found).toMatchObject({ open: [], doubts: [] });
  });
});
