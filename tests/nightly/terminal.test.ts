import { expect, test } from 'vitest';
import { freshFolder } from '../support/folder.ts';
import { BIN } from '../support/hadrill.ts';
import { onTerminal } from '../support/on-terminal.ts';
import { screenAfter } from '../support/terminal-screen.ts';

const ESCAPE = String.fromCharCode(27);
/** How ora begins each draw. */
const DRAW = `${ESCAPE}[?2026h`;

function run(...options: string[]): string[] {
  return [process.execPath, BIN, 'run', 'l3/node-crash', ...options];
}

test('a run on a terminal is seen live, and leaves only its report', async () => {
  const cwd = await freshFolder();
  const began = performance.now();
  const { code, written } = await onTerminal(run('--trials', '2'), { cwd, columns: 70, rows: 16 });
  const took_s = (performance.now() - began) / 1000;
  expect([0, 4]).toContain(code);
  expect(written.split(DRAW).length - 1).toBeLessThan(4 * took_s + 10);
  for (const seen of [
    'building the lab',
    'trial 1 of 2',
    /waiting for the takeover: at most \d+ s more/,
    /udp: \d+ of \d+ datagrams answered/,
    /watching the return: \d+ s more/,
    /trial 2 of 2 +1 \w+ +about \d+ s left/,
  ])
    expect(written).toMatch(seen);
  const [first, ...screen] = screenAfter(written.replaceAll('\n', '\r\n'), 1000);
  expect(first).toMatch(/^(PASS|UNKNOWN) l3\/node-crash /);
  expect(screen.at(-1)).toMatch(/^report: .*report\.html$/);
  expect(screen.join('\n')).not.toMatch(/waiting for|watching the|building/);
});

test('--quiet: the report and nothing else', async () => {
  const { written } = await onTerminal(run('--quiet'), { cwd: await freshFolder() });
  expect(written).not.toContain(DRAW);
  expect(written.split('\n')[0]).toMatch(/(PASS|UNKNOWN).* l3\/node-crash/);
  expect(written.trimEnd().split('\n').at(-1)).toMatch(/^Repeat: /);
});
