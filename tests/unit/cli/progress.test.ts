import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { onTerminal } from '../../support/on-terminal.ts';
import { screenAfter } from '../../support/terminal-screen.ts';

const ESCAPE = String.fromCharCode(27);
const PROGRAM = [process.execPath, fileURLToPath(import.meta.resolve('./live-program.ts'))];
const DRAWN = `${ESCAPE}[?2026h`;

describe('a live view on a terminal', { timeout: 30_000 }, () => {
  test.each([80, 25, 9])('of %i columns leaves nothing behind but what was said', async (columns) => {
    const { code, written } = await onTerminal(PROGRAM, { columns });
    expect(code).toBe(0);
    // Which of them is drawn is a matter of time.
    expect(written).toMatch(columns < 10 ? /event / : /event \d/);
    const screen = screenAfter(written.replaceAll('\n', '\r\n'), columns).join('\n');
    expect(screen.replace(/\n/g, columns < 30 ? '' : '\n')).toMatch(
      columns < 30
        ? /^note: this staysseen true, drawn \d times$/
        : /^note: this stays\nseen true, drawn \d times$/,
    );
  });

  test('is drawn at most four times a second, and hides the cursor no longer than it is there', async () => {
    const { written } = await onTerminal(PROGRAM);
    const draws = written.split(DRAWN).length - 1;
    expect(draws).toBeGreaterThan(4);
    // 1.5 s, the first draw, the one after the note, and those of the lines before it.
    expect(draws).toBeLessThan(12);
    expect(written.lastIndexOf(`${ESCAPE}[?25h`)).toBeGreaterThan(written.lastIndexOf(`${ESCAPE}[?25l`));
  });

  test('has no colours where they are not wanted', async () => {
    const colours = new RegExp(`${ESCAPE}\\[[0-9;]+m`);
    expect((await onTerminal(PROGRAM)).written).toMatch(colours);
    expect((await onTerminal(PROGRAM, { env: { NO_COLOR: '1' } })).written).not.toMatch(colours);
  });

  test.each([{ TERM: 'dumb' }, { CI: 'true' }])(
    '%j: a line an event, and no escape sequence',
    async (env) => {
      const { written } = await onTerminal(PROGRAM, { env });
      expect(written).not.toContain(ESCAPE);
      expect(written).toMatch(/^looking\nevent 0\nevent 1\n/);
      expect(written).toMatch(/event 29\nseen false, drawn 0 times\n$/);
    },
  );
});
