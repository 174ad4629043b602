import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { FrameFault } from '../../harness/faults/frame-fault.ts';
import { sleep } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { labNow } from '../../harness/lab/now.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject } from '../support/faults.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';
import { skipIfStarved, startProbe, waitGreen, waitSettled } from '../support/running-probes.ts';

const SAID = { kind: 'udp', from: 'client', to: 'server', address: '198.18.1.2' };
const DATAGRAMS = { protocol: 'udp', port: '7001', direction: 'from' };
/** A probe that was kept from its schedule for longer can't be held to what it measured. */
const MOST_STARVED_MS = 50;

/** The kernel goes on between the last look at its counters and their removal: a few more. */
function expectNear(found: number | undefined, hit: number | undefined): void {
  expect(found).toBeGreaterThanOrEqual(hit!);
  expect(found).toBeLessThanOrEqual(hit! + 4);
}

describe('what a fault does to a share of the frames is named as that, and not as outages', () => {
  const name = freshName('measured');
  let lab: Lab;
  beforeAll(async () => {
    lab = await up(engine, await loadTopology(topologyFile('service')), { name });
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  /** What a probe finds of four seconds of a fault, and to how many of its datagrams the kernel did something. */
  async function during(kind: string, target: string) {
    const probe = await startProbe(lab, 'udp', SAID);
    onTestFinished(() => probe.running.abandon());
    await waitGreen(probe);
    await sleep(1000);
    const { injection } = await inject(lab, kind, target, { ...DATAGRAMS, ratio: '10' });
    await sleep(4000);
    const { fault } = injection;
    if (!(fault instanceof FrameFault)) throw new Error(`${kind} is no fault of frames`);
    let hit: number | undefined;
    const heal = fault.heal.bind(fault);
    fault.heal = async () => {
      hit = (await fault.counts())?.hit;
      await heal();
    };
    const heal_ns = await labNow(lab);
    await injection.heal();
    await waitSettled(probe, heal_ns);
    // What is lost at 10 % is known to be over by then.
    await sleep(1500);
    return { hit, found: await probe.findings(injection.applied_ns, heal_ns) };
  }

  test.for([
    { target: 'client:eth1', way: 'to_server', direction: 'to-server' },
    { target: 'server:eth1', way: 'to_client', direction: 'to-client' },
  ] as const)('loss of 10 % at $target', async ({ target, way, direction }, context) => {
    const { hit, found } = await during('loss', target);
    skipIfStarved(context, found, MOST_STARVED_MS);
    expectNear(found.metrics[`${way}_lost`], hit);
    expect(found.metrics.outages).toBe(0);
    expect(found.partial_loss).toHaveLength(1);
    const [loss] = found.partial_loss!;
    expect(loss).toMatchObject({ direction, open: false });
    expectNear(loss!.lost, hit);
    // The share of chance has an interval of its own: three of its standard deviations.
    expect(Math.abs(loss!.loss_ratio - 0.1)).toBeLessThan(3.5 * Math.sqrt((0.1 * 0.9) / 800));
    expect(loss!.ratio_high - loss!.ratio_low).toBeLessThan(0.06);
    expect(loss!.longest_run).toBeLessThan(8);
    expect(found.notes).toHaveLength(1);
    expect(found.notes![0]).toMatch(
      /^udp: degraded: \d+\.\d % lost \(\d+\.\d to \d+\.\d %, at most \d in a row\) for/,
    );
  });

  test('copies of 10 % are counted on their way, and nothing is lost', async (context) => {
    const { hit, found } = await during('duplicate', 'client:eth1');
    skipIfStarved(context, found, MOST_STARVED_MS);
    expect(found.metrics).toMatchObject({ outages: 0, lost: 0 });
    expectNear(found.metrics.to_server_duplicated, hit);
    // Each copy is answered.
    expect(found.notes!.join('\n')).toMatch(
      /^udp: of the datagrams on the way to the server \d+ more than were sent arrived/,
    );
    expect(found.notes!.length).toBeLessThanOrEqual(2);
  });
});
