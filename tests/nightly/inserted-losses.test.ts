import { describe, expect, onTestFinished, test } from 'vitest';
import { msFromNs } from '../../harness/ground/time.ts';
import { sleep } from '../../harness/ground/wait.ts';
import { labNow } from '../../harness/lab/now.ts';
import { useCalibrationLab } from '../support/calibration-lab.ts';
import { insertCopies } from '../support/inserted-copies.ts';
import { insertLoss } from '../support/inserted-loss.ts';
import { type Away, skipIfStarved, startProbe, waitGreen, waitSettled } from '../support/running-probes.ts';

const TO_SERVER = 'udp dport 7001';
const TO_CLIENT = 'udp sport 7001';
const SAID = { kind: 'udp', from: 'client', to: 'server', address: '198.18.4.2' };
/** A probe that was kept from its schedule for longer can't be held to what it measured. */
const MOST_STARVED_MS = 50;

describe('losses inserted from outside are reported with their lengths, their number and their kind', () => {
  const lab = useCalibrationLab('losses');

  async function during(rule: string, lengths_ms: readonly number[]) {
    const probe = await startProbe(lab(), 'udp', SAID);
    onTestFinished(() => probe.running.abandon());
    await waitGreen(probe);
    await sleep(600);
    const fault_ns = await labNow(lab());
    const inserted = await insertLoss(lab(), rule, lengths_ms);
    const heal_ns = await labNow(lab());
    await waitSettled(probe, heal_ns);
    return { inserted, found: await probe.findings(fault_ns, heal_ns) };
  }

  /** The least and the most that it can have lasted. */
  const lengths = ({ gone, back }: Away) =>
    [msFromNs(back[0] - gone[1]), msFromNs(back[1] - gone[0])] as const;

  test.for([
    { lengths_ms: [237], rule: `${TO_SERVER} drop`, direction: 'to-server' },
    { lengths_ms: [1000], rule: `${TO_SERVER} drop`, direction: 'to-server' },
    { lengths_ms: [50, 50, 50], rule: `${TO_SERVER} drop`, direction: 'to-server' },
    { lengths_ms: [500], rule: `${TO_CLIENT} drop`, direction: 'to-client' },
  ])('$lengths_ms ms of $rule', async ({ lengths_ms, rule, direction }, context) => {
    const { inserted, found } = await during(rule, lengths_ms);
    skipIfStarved(context, found, MOST_STARVED_MS);
    expect(found.outages).toHaveLength(lengths_ms.length);
    expect(found.partial_loss).toEqual([]);
    expect(found.metrics).toMatchObject({ loss_ratio: 0, degraded_ms: 0, outages: lengths_ms.length });
    for (const [at, outage] of found.outages.entries()) {
      const [least, most] = lengths(inserted[at]!);
      expect(outage).toMatchObject({ direction, open: false });
      expect(outage.outage_ms + outage.outage_error_ms).toBeGreaterThanOrEqual(least);
      expect(outage.outage_ms - outage.outage_error_ms).toBeLessThanOrEqual(most);
      expect(outage.outage_error_ms).toBeLessThan(MOST_STARVED_MS);
    }
    // Each way by itself: the one that was cut saw the longest of them, the other none.
    const [cut, whole] = direction === 'to-server' ? ['to_server', 'to_client'] : ['to_client', 'to_server'];
    expect(found.metrics[`${cut}_lost`]).toBe(found.metrics.lost);
    const apart_ms = Math.abs(found.metrics[`${cut}_outage_ms`]! - found.metrics.outage_ms!);
    expect(apart_ms).toBeLessThanOrEqual(found.metrics[`${cut}_outage_error_ms`]!);
    expect(found.metrics).toMatchObject({ [`${whole}_lost`]: 0, [`${whole}_outage_ms`]: 0, ways_error: 0 });
  });

  test.for([
    { way: 'to_server', other: 'to_client', from: 'client', to: 'server', side: 'dport' },
    { way: 'to_client', other: 'to_server', from: 'server', to: 'client', side: 'sport' },
  ] as const)(
    'datagrams that are doubled and held back $way are counted on that way',
    async ({ way, other, from, to, side }, context) => {
      const probe = await startProbe(lab(), 'udp', SAID);
      onTestFinished(() => probe.running.abandon());
      await waitGreen(probe);
      const fault_ns = await labNow(lab());
      const [come_in, go_out] = [from, to].map((name) => lab().node(name).ports[0]!.port);
      const did = await insertCopies(lab(), { come_in: come_in!, go_out: go_out!, side, port: 7001 });
      const found = await probe.findings(fault_ns, await labNow(lab()));
      skipIfStarved(context, found, MOST_STARVED_MS);
      expect(did).toEqual({ twice: 7, held: 5 });
      expect(found.metrics).toMatchObject({
        ...{ [`${way}_duplicated`]: 7, [`${way}_reordered`]: 5, [`${way}_lost`]: 0 },
        ...{ [`${other}_duplicated`]: 0, [`${other}_reordered`]: 0, [`${other}_lost`]: 0 },
        ...{ lost: 0, outage_ms: 0, ways_error: 0 },
      });
      expect(found.notes?.join()).toContain('7 more than were sent arrived, 5 arrived behind one');
    },
  );

  test.for([
    { percent: 10, rule: TO_SERVER, direction: 'to-server' },
    { percent: 50, rule: TO_SERVER, direction: 'to-server' },
    { percent: 50, rule: TO_CLIENT, direction: 'to-client' },
  ])('$percent % of $rule for 3 s is loss, not an outage', async ({ percent, rule, direction }, context) => {
    const { inserted, found } = await during(`${rule} numgen random mod 100 < ${percent} drop`, [3000]);
    skipIfStarved(context, found, MOST_STARVED_MS);
    expect(found.outages).toEqual([]);
    expect(found.metrics).toMatchObject({ outage_ms: 0, outages: 0 });
    expect(found.partial_loss).toMatchObject([{ direction, open: false }]);
    const [one] = found.partial_loss!;
    expect(Math.abs(100 * one!.loss_ratio - percent)).toBeLessThan(8);
    const [least, most] = lengths(inserted[0]!);
    expect(one!.degraded_ms + one!.degraded_error_ms).toBeGreaterThanOrEqual(least);
    expect(one!.degraded_ms - one!.degraded_error_ms).toBeLessThanOrEqual(most);
    expect(found.notes?.join()).toContain('degraded: ');
  });
});
