import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Journal, Trial } from '../../../harness/journal/journal.ts';
import type { Evidence } from '../../../harness/report/evidence.ts';
import { reportPage } from '../../../harness/report/html/report-page.ts';
import { crashTrial, journalOf, unknownTrial } from './journals.ts';

const OUTAGE = {
  probe: 'udp',
  start_ms: 1,
  outage_ms: 3300,
  outage_error_ms: 5.04,
  loss_derived_ms: 3300,
  lost: 660,
  open: false,
};

function fullTrial(index: number, outage_ms = 3300, change: Partial<Trial> = {}): Trial {
  return crashTrial(index, outage_ms, 50, {
    timeline: [
      { at_ms: -300, event: 'last-advert', detail: 'last advertisement of r1' },
      { at_ms: 0, event: 'fault', detail: 'crash of host:node1 (r1)' },
      { at_ms: 1, event: 'outage', detail: 'udp: no service' },
      { at_ms: outage_ms - 1, event: 'address', detail: '198.18.1.1 is on r2' },
      { at_ms: outage_ms, event: 'first-garp', detail: 'first gratuitous ARP of r2' },
      { at_ms: outage_ms + 1, event: 'outage-end', detail: 'udp: service again' },
      { at_ms: 5000, event: 'node-back', detail: 'healed' },
    ],
    outages: [{ ...OUTAGE, outage_ms }],
    ...change,
  });
}

const EVIDENCE: Evidence = {
  layout: {
    nodes: [
      { name: 'r1', host: 'node1', image: 'hadrill/router' },
      { name: 'r2', host: 'node2', image: 'hadrill/router' },
    ],
    wires: [
      { from: { node: 'r1', interface: 'ha' }, to: { segment: 'ha' } },
      { from: { node: 'r2', interface: 'ha' }, to: { segment: 'ha' } },
    ],
  },
  trials: new Map([
    [
      'trial-1',
      {
        windows: { fault_ns: 1e9, heal_ns: 5e9, healed_ns: 6e9, end_ns: 8e9 },
        pressure: [0, 1, 2].map((at) => ({
          at_ns: 1e9 + at * 1e9,
          overslept_ns: 0,
          ticks: { idle: 100 * at, steal: 25 * at },
          waiting_us: 500_000 * at,
          running: at,
        })),
      },
    ],
  ]),
  problems: [],
};

function elements(page: string, name: string): string[] {
  return page.match(new RegExp(`<${name}[\\s>]`, 'g')) ?? [];
}

function pageOf(trials: Trial[], change: Partial<Journal> = {}, evidence?: Evidence): string {
  return reportPage({ ...journalOf(trials), ...change }, undefined, evidence);
}

describe('a page', () => {
  const page = pageOf([fullTrial(1), fullTrial(2, 3600)], {}, EVIDENCE);

  test('needs nothing but itself, and runs no script but its own', () => {
    expect(page).not.toMatch(/\ssrc=|@import|url\((?!#)|https?:/);
    expect(elements(page, 'script')).toHaveLength(1);
    const script = /<script>(.*?)<\/script>/s.exec(page)![1]!;
    const digest = createHash('sha256').update(script).digest('base64');
    expect(page).toContain(`script-src 'sha256-${digest}'`);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/\son\w+=|\sstyle=/);
  });

  test('has each id once, and no link that leads nowhere', () => {
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id!);
    expect(links).toContain('trial-2');
    for (const link of links) expect(ids).toContain(link);
  });

  test('draws each trial with its error beside what is allowed', () => {
    expect(page).toContain('trial 1 (pass): 3.30 s ± 5.0 ms, allowed 2.80 s to 3.80 s');
    expect(page).toContain('<rect class="band"');
    expect(page).toContain('VRRPv3: 3 x 1 s + 0.805 s - 1 s');
    expect(page).toContain('expected &lt;= 50 ms');
  });

  test('draws the trials of a baseline as hollow dots, on the same scale', () => {
    const base = journalOf([fullTrial(1, 3000), fullTrial(2, 5200), unknownTrial(3, 'no answer')]);
    const page = reportPage(journalOf([fullTrial(1)]), undefined, EVIDENCE, base);
    expect(page).toContain('<title>baseline, 2 trials: 3.00 s to 5.20 s</title>');
    expect(page).toContain('A hollow dot is a trial of the baseline, the run of 2026-03-04 05:06 UTC.');
    expect(page).toMatch(/text-anchor="middle">5\.\d+ s</);
    expect(pageOf([fullTrial(1)])).not.toContain('hollow dot');
  });

  test('draws lanes, those of nodes that an event names too, and where moments are close', () => {
    for (const lane of ['faults', 'probe udp', 'clients', 'wire', 'node r2'])
      expect(page).toContain(`text-anchor="end">${lane}</text>`);
    expect(page).toContain('Close up: 3299.0 to 3301.0 ms after the fault');
    expect(page).toContain('probe udp: no service for 3.30 s ± 5.0 ms');
  });

  test('draws the pressure on the machine, or says that it is not known', () => {
    expect(page).toContain('stolen at most 20 %, waiting at most 50 %, run queue at most 2');
    expect(page.match(/How busy the machine was during the trial is not known/g)).toHaveLength(1);
  });

  test('draws the lab, or says that it was not noted', () => {
    expect(page).toContain('2 nodes on 2 machines, 1 segments');
    expect(page).toContain('ha: r1 (ha), r2 (ha)');
    expect(pageOf([fullTrial(1)])).toContain('was not noted');
  });
});

describe('what is not known stays so', () => {
  test('a trial whose numbers do not count is hatched and has no dot', () => {
    const page = pageOf([unknownTrial(1, 'no answer'), fullTrial(2)]);
    expect(page).toContain('trial 1 (unknown): not known: no answer');
    expect(page).toContain('class="hatched"');
    expect(page).not.toContain('class="dot unknown"');
    expect(page).toContain('Its numbers do not count');
    expect(page).toMatch(/<h1>.*<\/h1>/);
    expect(page).toContain('<span class="mark unknown"><span aria-hidden="true">?</span> unknown</span>');
  });

  test('an expected metric without a number has its place', () => {
    const page = pageOf([unknownTrial(1, 'no answer')]);
    expect(page).toMatch(/<h3>udp\.outage_ms .*unknown.*<\/h3>[^\n]*It is not known in any trial/);
  });

  test('a lower bound reads as one, without an error', () => {
    const open = fullTrial(1, 9000, {
      lower_bounds: ['udp.outage_ms'],
      outages: [{ ...OUTAGE, open: true }],
    });
    const page = pageOf([open]);
    expect(page).toContain('trial 1 (pass): at least 9.00 s, allowed');
    expect(page).toContain('no service for at least 3.30 s');
    expect(page).toContain('class="bar outage open"');
  });
});

describe('a long run', () => {
  test('of a hundred trials stays below 300 KB', () => {
    const page = pageOf(Array.from({ length: 100 }, (_, at) => fullTrial(at + 1, 3000 + at)));
    expect(page.length).toBeLessThan(300_000);
  });

  test('of ten has three trials as they are, those that failed first, and the others as data with the same content', () => {
    const trials = Array.from({ length: 10 }, (_, at) => fullTrial(at + 1, 3000 + at));
    trials[8] = fullTrial(9, 3300, { verdict: 'fail', reason: 'two own it' });
    const page = pageOf(trials);
    expect(page.match(/data-folded=/g)).toHaveLength(7);
    expect(page).toContain('<strong>Why:</strong> two own it');
    const [, data] = /<template id="folded">(.*?)<\/template>/s.exec(page)!;
    const pieces = JSON.parse(gunzipSync(Buffer.from(data!, 'base64')).toString()) as string[];
    expect(pieces).toHaveLength(7);
    for (const piece of pieces) expect(piece).toContain('drawing of trial ');
    expect(pageOf(trials.slice(0, 3))).not.toContain('data-folded=');
  });

  test('of 300 shows those that did not pass, and says how many are left out', () => {
    const trials = Array.from({ length: 300 }, (_, at) => fullTrial(at + 1));
    trials[250] = fullTrial(251, 3300, { verdict: 'fail', reason: 'two own it' });
    const page = pageOf(trials);
    expect(page).toContain('Shown are 20 of 300 trials');
    expect(page).toContain('id="trial-251"');
    expect(page).toContain('two own it');
    expect(page).not.toContain('id="trial-250"');
  });
});

test('of many expected metrics those that failed are drawn first, and how many are not drawn is said', () => {
  const names = Array.from({ length: 20 }, (_, at) => `probe${at}.outage_ms`);
  const metrics = Object.fromEntries(names.map((name, at) => [name, at === 19 ? 9000 : 10]));
  const expect_all = names.map((metric) => ({ metric, stat: 'each', op: '<=', value: 100 }) as const);
  const page = reportPage(journalOf([crashTrial(1, 3300, 50, { metrics })], { expect: expect_all }));
  expect(/<h3>([^ ]*) /.exec(page)?.[1]).toBe('probe19.outage_ms');
  expect(page).toMatch(/Metrics that are not drawn: \d+\./);
});

test('no text of a run folder becomes an element, an attribute or a control character', () => {
  const evil = `"><img src=x onerror=alert(1)>'</title></style><script>alert(1)</script>\u202E\u0007\x1b[2J\n`;
  const trial = fullTrial(1, 3300, {
    reason: evil,
    notes: [evil],
    audits: [{ name: evil, verdict: 'fail', detail: evil }],
    timeline: [{ at_ms: 0, event: 'fault', detail: evil }],
    outages: [{ ...OUTAGE, probe: evil }],
    bounds: { 'udp.outage_ms': { low: 1, high: 2, from: evil } },
    missing_metrics: { [evil]: evil },
    records: evil,
    metrics: { [`${evil}_ms`]: 5 },
  });
  const evidence: Evidence = {
    layout: {
      nodes: [{ name: evil, host: evil, image: evil }],
      wires: [{ from: { node: evil, interface: evil }, to: { segment: evil } }],
    },
    trials: new Map(),
    problems: [evil],
  };
  const environment = {
    kernel: evil,
    engine: evil,
    cpus: 1,
    load: [],
    images: { [evil]: evil },
    versions: { [evil]: evil },
  };
  const page = pageOf(
    [trial],
    { drill: evil, profile: evil, topology: evil, started_at: evil, environment },
    evidence,
  );
  for (const name of ['script', 'style', 'title'])
    expect(elements(page.replaceAll(/<svg.*?<\/svg>/gs, ''), name)).toHaveLength(1);
  expect(elements(page, 'img')).toHaveLength(0);
  expect(page).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  expect(page.match(/<[^>]*onerror/g) ?? []).toEqual([]);
});
