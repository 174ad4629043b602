import { describe, expect, test } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { analysePortSteps } from '../../../harness/probes/dhcp/dhcp-port-analysis.ts';
import { type PortStep, portStepsOf } from '../../../harness/probes/dhcp/dhcp-port-steps.ts';
import type { ProbeFindings } from '../../../harness/probes/probe.ts';
import { A, client, type Line, record, unserved } from './dhcp-records.ts';

const MS = 1e6;
const FAULT_MS = 10_000;
const END_MS = 30_000;
const windows = {
  fault_ns: FAULT_MS * MS,
  heal_ns: 20_000 * MS,
  healed_ns: 21_000 * MS,
  end_ns: END_MS * MS,
};

/** A step that the agents were told of so long after the fault, and its client, which asked 10 ms later. */
function life(seq: number, step: PortStep['step'], told_ms: number | null, change: Partial<Line> = {}) {
  const at_ms = FAULT_MS + (told_ms ?? 0);
  const line = client(seq, at_ms + 10, step === 'removed' ? unserved : {});
  const told: PortStep = {
    ...{ seq, step, mac: '02:fe:00:00:00:00', address: line.port },
    told_ns: told_ms === null ? null : at_ms * MS,
  };
  // The program does not know which address is due.
  return { step: told, line: { ...line, port: '0.0.0.0', ...change } };
}

type Life = ReturnType<typeof life>;

function files(lives: readonly Life[], facts: object = {}): Record<string, Uint8Array> {
  return {
    'ports.jsonl': Buffer.from(
      record(
        lives.map(({ line }) => line),
        [],
        { stage: null, ...facts },
      ),
    ),
    'ports-steps.json': Buffer.from(JSON.stringify(lives.map(({ step }) => step))),
  };
}

const analyse = (lives: readonly Life[], facts: object = {}): ProbeFindings =>
  analysePortSteps('ports', files(lives, facts), windows);

/** An ACK of an address, so long after the client began to ask. */
function ack(address: string, at_ms: number): Partial<Line> {
  return { ack: [A, address, 120, 10, 20, (FAULT_MS + at_ms) * MS] };
}

describe('what became of ports', () => {
  test('all were served, moved, refused', () => {
    const { metrics, ...rest } = analyse([
      life(0, 'added', 100),
      life(1, 'moved', 200),
      life(2, 'removed', 300),
      life(3, 'added', 400, ack('198.18.17.3', 475)),
    ]);
    expect(metrics).toEqual({
      ...{ added: 2, added_served_ratio: 1, moved: 1, moved_served_ratio: 1 },
      ...{ removed: 1, removed_refused_ratio: 1, wrong_offers: 0, served_ms: 75, served_median_ms: 15 },
    });
    expect(rest).toEqual({ outages: [], open: [], doubts: [] });
  });

  test('nothing happened: no share is made up', () => {
    expect(analyse([]).metrics).toEqual({ added: 0, moved: 0, removed: 0, wrong_offers: 0 });
  });

  test('one that got nothing, and one that got another address, were not served', () => {
    const { metrics } = analyse([
      life(0, 'added', 100, unserved),
      life(1, 'added', 200, ack('198.18.17.99', 215)),
      life(2, 'added', 300),
      life(3, 'moved', 400, ack('198.18.17.99', 415)),
    ]);
    expect(metrics).toMatchObject({ added: 3, added_served_ratio: 1 / 3, moved: 1, moved_served_ratio: 0 });
  });

  test('a removed port that still gets an address was not refused, whichever it is', () => {
    const { metrics } = analyse([
      life(0, 'removed', 100, client(0, FAULT_MS + 110)),
      life(1, 'removed', 200),
    ]);
    expect(metrics).toMatchObject({ removed: 2, removed_refused_ratio: 0.5, wrong_offers: 2 });
  });

  test('an offer of a server that was still reading is counted, but no address came of it', () => {
    const told = life(0, 'removed', 100);
    const late: Partial<Line> = {
      offers: [[A, told.step.address, (FAULT_MS + 112) * MS]],
      requests: [(FAULT_MS + 112) * MS],
      naks: [[A, (FAULT_MS + 200) * MS]],
    };
    const { metrics } = analyse([life(0, 'removed', 100, late)]);
    expect(metrics).toMatchObject({ removed: 1, removed_refused_ratio: 1, wrong_offers: 1 });
  });

  test('of offers to a port that is there only those of other addresses are wrong', () => {
    const at_ns = (FAULT_MS + 112) * MS;
    const { metrics } = analyse([
      life(0, 'moved', 100, {
        offers: [
          [A, '198.18.17.0', at_ns],
          [A, '198.18.17.98', at_ns],
          [A, '198.18.17.99', at_ns],
        ],
      }),
    ]);
    expect(metrics).toMatchObject({ moved_served_ratio: 1, wrong_offers: 2 });
  });
});

describe('what counts', () => {
  const wrong = ack('198.18.17.99', 0);

  test.each<[string, Life]>([
    ['at the fault or before it', life(1, 'added', 0, wrong)],
    ['long before it', life(1, 'added', -5000, wrong)],
    ['after the end of the trial', life(1, 'added', END_MS - FAULT_MS + 1, wrong)],
    ['to nobody, because no agent ran', life(1, 'added', null, wrong)],
    ['whose client was still waiting', life(1, 'added', 100, { ...unserved, end: 'open' })],
  ])('a step that was told %s does not', (_, other) => {
    expect(analyse([life(0, 'added', 100), other]).metrics).toMatchObject({
      added: 1,
      added_served_ratio: 1,
      served_ms: 15,
    });
  });

  test('a step whose client never asked does not; one at the very end does', () => {
    const [asked, silent] = [life(0, 'added', END_MS - FAULT_MS), life(1, 'added', 200)];
    const given = { ...files([asked]), 'ports-steps.json': files([asked, silent])['ports-steps.json']! };
    expect(analysePortSteps('ports', given, windows).metrics).toMatchObject({ added: 1 });
  });

  test('frames that were lost to the probe make it doubtful', () => {
    expect(analyse([life(0, 'added', 100)], { dropped: 3 }).doubts).toEqual([
      'ports: the kernel could not hand 3 frames to the probe',
    ]);
  });
});

describe('the record of the steps', () => {
  const { step } = life(0, 'added', 100);
  const read = (text: string) => portStepsOf({ steps: Buffer.from(text) }, 'steps');

  test('is read as it was written', () => {
    const untold = { ...step, seq: 1, step: 'removed', told_ns: null } as const;
    expect(read(JSON.stringify([step, untold]))).toEqual([step, untold]);
    expect(read('[]')).toEqual([]);
  });

  test.each<[string, string]>([
    ['empty', ''],
    ['cut', JSON.stringify([step]).slice(0, -5)],
    ['no list', JSON.stringify(step)],
    ['no steps', '[1]'],
    ['a kind of step that there is not', JSON.stringify([{ ...step, step: 'renamed' }])],
    ['a number that is none', JSON.stringify([{ ...step, seq: '0' }])],
    ['half a number', JSON.stringify([{ ...step, seq: 0.5 }])],
    ['a time that is none', JSON.stringify([{ ...step, told_ns: '1' }])],
    ...(['seq', 'step', 'mac', 'address', 'told_ns'] as const).map((key): [string, string] => [
      `without ${key}`,
      JSON.stringify([step, { ...step, [key]: undefined }]),
    ]),
  ])('is refused when it is mutated: %s', (_, text) => {
    expect(() => read(text)).toThrow(InputError);
    expect(() => read(text)).toThrow("the record 'steps' is not a record of a probe 'dhcp-port': ");
  });

  test('a record that is missing is named, and so is one of the clients that is', () => {
    const given = files([life(0, 'added', 100)]);
    for (const name of ['ports.jsonl', 'ports-steps.json']) {
      const { [name]: _, ...rest } = given;
      expect(() => analysePortSteps('ports', rest, windows)).toThrow(InputError);
      expect(() => analysePortSteps('ports', rest, windows)).toThrow(`the trial has no record '${name}'`);
    }
  });

  test('a record of the clients that is cut is refused', () => {
    const given = files([life(0, 'added', 100)]);
    const cut = { ...given, 'ports.jsonl': given['ports.jsonl']!.slice(0, -20) };
    expect(() => analysePortSteps('ports', cut, windows)).toThrow("the record 'ports.jsonl' is cut");
  });
});
