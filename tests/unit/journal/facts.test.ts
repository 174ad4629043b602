import path from 'node:path';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { readRecord } from '../../../harness/journal/read-record.ts';
import { RUN_FACTS_SCHEMA, type RunFacts } from '../../../harness/journal/run-facts.ts';
import { runFactsSchema } from '../../../harness/journal/run-facts-schema.ts';
import type { TrialFacts } from '../../../harness/journal/trial-facts.ts';
import { trialFactsSchema } from '../../../harness/journal/trial-facts-schema.ts';
import { RUN, readJson } from '../analysis/run-copy.ts';

const run = await readJson<RunFacts>(RUN, 'run.json');
const trial = await readJson<TrialFacts>(RUN, 'trial-3/facts.json');

/** Paths of what is wrong. */
function problems(schema: z.ZodType, document: unknown): string[] {
  const result = schema.safeParse(document);
  return result.success ? [] : result.error.issues.map(({ path: steps }) => steps.join('.'));
}

describe('the facts of a run', () => {
  test('are read as they were written, nothing is left out', () => {
    expect(runFactsSchema.parse(run)).toEqual(run);
    expect(trialFactsSchema.parse(trial)).toEqual(trial);
  });

  test('a system without a key of its own notes what it likes', () => {
    const noted = { ...trial, systems: { beacon: { interval_ms: 1000, seen: [1, null, 'x'] } } };
    expect(trialFactsSchema.parse(noted)).toEqual(noted);
    expect(problems(trialFactsSchema, { ...trial, systems: [] })).toEqual(['systems']);
  });

  test('the schemas say the same as the types', () => {
    expectTypeOf<z.output<typeof runFactsSchema>>().toEqualTypeOf<RunFacts>();
    expectTypeOf<z.output<typeof trialFactsSchema>>().toEqualTypeOf<TrialFacts>();
  });

  test('a trial that broke off early has few of them', () => {
    const { fault, windows, pause_ms, wall_ms, trouble, ...rest } = trial;
    expect([fault, windows, pause_ms, wall_ms].includes(undefined)).toBe(false);
    expect(trouble).toBeUndefined();
    expect(problems(trialFactsSchema, rest)).toEqual([]);
  });

  test.each([
    ['expect.0.op', { ...run, expect: [{ ...run.expect[0], op: '~' }] }],
    ['hold.rejoin_ms', { ...run, hold: { ...run.hold, rejoin_ms: '500ms' } }],
    ['probes.0.options', { ...run, probes: [{ name: 'udp', kind: 'udp' }] }],
    ['environment.cpus', { ...run, environment: { ...run.environment, cpus: undefined } }],
    ['schema', { ...run, schema: 'hadrill.run/2' }],
  ])('of a run: %s is wrong', (where, document) => {
    expect(problems(runFactsSchema, document)).toEqual([where]);
  });

  test.each<[string, object]>([
    ['epoch_ns', { epoch_ns: '12.5' }],
    ['windows.heal_ns', { windows: { ...trial.windows, heal_ns: undefined } }],
    ['later_faults.0.label', { later_faults: [{ ...trial.fault, label: 1 }] }],
    ['fault.mended.until_ns', { fault: { ...trial.fault, mended: { from_ns: 1 } } }],
    ['fault.departure', { fault: { ...trial.fault, departure: 'sudden' } }],
    ['routers.0.members', { routers: [{ ...trial.routers[0], members: 'r1' }] }],
    ['address_events.0.change', { address_events: [{ ...trial.address_events[0], change: 'moved' }] }],
    ['captures.0.dropped', { captures: [{ ...trial.captures[0], dropped: 1.5 }] }],
    ['pressure.0.waiting_us', { pressure: [{ ...trial.pressure[0], waiting_us: undefined }] }],
    [
      'conntrack_fillings.0.complete',
      { conntrack_fillings: [{ ...trial.conntrack_fillings[0], complete: 1 }] },
    ],
  ])('of a trial: %s is wrong', (where, change) => {
    expect(problems(trialFactsSchema, { ...trial, ...change })).toEqual([where]);
  });

  test('later faults are read, and were not there in older records', () => {
    const mended = { from_ns: 1, until_ns: 2 };
    const several = { ...trial, later_faults: [trial.fault, { ...trial.fault, mended }] };
    expect(trialFactsSchema.parse(several)).toEqual(several);
    expect(trial).not.toHaveProperty('later_faults');
  });

  test('a kernel that counts no waiting says null', () => {
    const pressure = trial.pressure.map((sample) => ({ ...sample, waiting_us: null }));
    expect(problems(trialFactsSchema, { ...trial, pressure })).toEqual([]);
  });
});

test('a record is called what it is', async () => {
  const read = (file: string) =>
    readRecord(path.join(RUN, file), 'record of a run', RUN_FACTS_SCHEMA, runFactsSchema);
  expect(await read('run.json')).toEqual(run);
  await expect(read('journal.json')).rejects.toThrow(
    `no record of a run that can be read: the schema must be 'hadrill.run/1', this is "hadrill.journal/1"`,
  );
});
