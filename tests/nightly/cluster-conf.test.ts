import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { compareCibs } from '../support/cib-comparison.ts';
import { cibFiles } from '../support/cib-files.ts';
import { Comparison } from '../support/comparison.ts';
import { compareCorosyncs } from '../support/corosync-comparison.ts';
import { corosyncFiles } from '../support/corosync-files.ts';
import { compareHaproxies } from '../support/haproxy-comparison.ts';
import { haproxyFiles } from '../support/haproxy-files.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

const name = freshName('cluster-conf');
let lab: Lab;

beforeAll(async () => {
  lab = await up(engine, await loadTopology(topologyFile('cluster-alone')), { name });
  await lab.release();
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

/** Everything is equal, most of it was compared. */
function expectSame(comparison: Comparison): void {
  console.log(`${comparison}`);
  expect(comparison.differences.slice(0, 5)).toEqual([]);
  expect(comparison.accepted).toBeGreaterThan(0.8 * comparison.files);
  expect(comparison.not_followed).toBeLessThan(0.1 * comparison.values);
}

describe('a CIB as Pacemaker schedules it', () => {
  test.each([1, 7, 11])('generated files, seed %i', async (seed) => {
    const comparison = new Comparison();
    const texts = cibFiles(100, seed);
    for (let at = 0; at < texts.length; at += 50) {
      await compareCibs(lab, texts.slice(at, at + 50), comparison, seed + at);
    }
    expectSame(comparison);
    expect(comparison.values).toBeGreaterThan(600);
  });
});

test.each([1, 7])('an haproxy.cfg as HAProxy has it: generated files, seed %i', async (seed) => {
  const comparison = new Comparison();
  await compareHaproxies(lab, haproxyFiles(200, seed), comparison);
  expectSame(comparison);
  expect(comparison.values).toBeGreaterThan(8000);
});

test.each([1, 7])('a corosync.conf as corosync has it: generated files, seed %i', async (seed) => {
  const comparison = new Comparison();
  await compareCorosyncs(lab, corosyncFiles(100, seed), comparison);
  expectSame(comparison);
  expect(comparison.values).toBeGreaterThan(600);
});
