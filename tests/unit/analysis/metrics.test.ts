import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  clashOfName,
  declarationIn,
  declarationOf,
  metricsOfDrill,
} from '../../../harness/analysis/metrics.ts';
import type { Journal } from '../../../harness/journal/journal.ts';
import { type MetricUnit, undeclared } from '../../../harness/journal/metric.ts';
import { probes } from '../../../harness/probes/registry.ts';
import { systems } from '../../../harness/systems/registry.ts';

const kinds = [...probes.keys()].map((kind) => ({ name: `my-${kind}`, kind }));
const all = metricsOfDrill(kinds, 3);

test.each([...all])('%s has the unit that its name ends in', (name, { unit }) => {
  const ending: MetricUnit[] = name.endsWith('_ms')
    ? ['ms']
    : name.endsWith('_ratio')
      ? ['ratio']
      : ['none', 'per_s'];
  expect(ending).toContain(unit);
});

test('what a declaration names is declared', () => {
  for (const [name, { error, part }] of all) {
    const probe = name.slice(0, name.lastIndexOf('.'));
    for (const other of [error, part?.of]) {
      // The error of one fault's outage is that of the whole trial's.
      if (other !== undefined)
        expect([...all.keys()]).toContain(`${probe.replace(/^fault\d\./, '')}.${other}`);
    }
  }
});

test('what was sent and lost is in the words of the kind of probe', () => {
  const counts = [...probes.values()].flatMap(({ kind, metrics: { sent, lost } }) =>
    sent?.part && lost ? [{ kind, sent, lost, noun: sent.part.words.split(' ')[0] }] : [],
  );
  expect(counts.map(({ kind }) => kind).toSorted()).toEqual(['frames', 'udp']);
  for (const { kind, sent, lost, noun } of counts) {
    expect(sent.meaning, kind).toContain(noun);
    expect(lost.meaning, kind).toContain(noun);
  }
});

describe('declarationIn: words are those of the kind, which is known by what a probe measures', () => {
  const names = (kind: string) => Object.keys(probes.need(kind).metrics).map((measure) => `p.${measure}`);

  test.each([
    ['frames', 'p.sent', 'frames sent, whole trial', 'frames lost'],
    ['udp', 'p.sent', 'datagrams sent, whole trial', 'datagrams lost'],
    ['http', 'p.requests', 'requests sent, whole trial', 'requests failed'],
  ])('%s', (kind, name, meaning, words) => {
    expect(declarationIn(name, [...names(kind), 'q.thing'])).toMatchObject({ meaning, part: { words } });
  });

  test('what several kinds may be has no noun', () => {
    const part = { of: 'lost', words: 'lost' };
    expect(declarationIn('p.sent', ['p.sent', 'p.lost'])).toMatchObject({ part });
    expect(declarationIn('p.sent', ['p.sent', 'p.of_another_version'])).toMatchObject({ part });
  });

  test('what no kind declares, and what is of a system', () => {
    expect(declarationIn('p.of_another_version', [])).toEqual(declarationOf('p.of_another_version'));
    expect(declarationIn('vip.takeover_ms', [])).toEqual(declarationOf('vip.takeover_ms'));
  });
});

describe('declarationOf', () => {
  test.each([
    'vip.takeover_ms',
    'rejoin.outage_ms',
    'my-udp.outage_ms',
    'my-dhcp.gap_ms',
    'fault2.my-udp.outage_ms',
  ])('finds %s as a drill has it, but for its words', (name) => {
    const { meaning: _, ...declared } = declarationOf(name);
    expect(all.get(name)).toMatchObject(declared);
  });

  test('every metric of a recorded run is declared', () => {
    const file = new URL('../../fixtures/run/journal.json', import.meta.url);
    const { trials } = JSON.parse(readFileSync(file, 'utf8')) as Journal;
    const names = trials.flatMap(({ metrics }) => Object.keys(metrics));
    const unknown = undeclared('').meaning;
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => declarationOf(name).meaning === unknown)).toEqual([]);
  });

  test.each([
    ['old.thing_ms', 'duration'],
    ['old.thing_ratio', 'ratio'],
    ['old.things', 'count'],
    ['toString', 'count'],
    ['x.constructor', 'count'],
    ['', 'count'],
  ])('knows %j of another version by its unit', (name, role) => {
    expect(declarationOf(name)).toMatchObject({ role, reported: 'table' });
  });
});

describe('metrics of one fault', () => {
  test('are those that every fault has by itself', () => {
    expect(all.get('fault3.my-udp.outage_ms')!.meaning).toMatch(/^of fault 3 alone: longest time/);
    for (const name of ['fault2.vip.takeover_ms', 'fault2.cluster.address_ms', 'fault2.my-http.outage_ms'])
      expect([...all.keys()]).toContain(name);
  });

  test.each([
    'fault1.vip.takeover_ms',
    'fault4.vip.takeover_ms',
    'fault2.rejoin.outage_ms',
    'fault2.cluster.moved',
  ])('and not %s', (name) => {
    expect([...all.keys()]).not.toContain(name);
  });
});

describe('names of probes', () => {
  test('whose metrics would read like those of something else', () => {
    expect(clashOfName({ name: 'rejoin', kind: 'udp' })).toMatch(
      /^'rejoin\.outage_ms' has another meaning: longest time without service from healing on/,
    );
    expect(clashOfName({ name: 'fault2', kind: 'udp' })).toBe("'fault2.' begins the metrics of one fault");
  });

  test.each([
    ['udp', 'udp'],
    ['dhcp', 'dhcp'],
    ['rejoin', 'tcp'],
    ['faults', 'udp'],
    ['fault', 'udp'],
  ])('%s of kind %s is fine', (name, kind) => {
    expect(clashOfName({ name, kind })).toBeUndefined();
  });
});

test('a system stands in only for metrics that another one has', () => {
  const declared = [...systems.values()].flatMap(({ metrics }) => Object.keys(metrics));
  for (const { stands_in_for = [] } of systems.values())
    for (const name of stands_in_for) expect(declared).toContain(name);
});
