import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../../harness/engine/package-root.ts';
import { anchors, linkTargets, namedPaths, type Page, pages } from './markdown.ts';

const all = pages();

test('the pages that everybody looks for are there', () => {
  expect(all.map(({ file }) => file)).toEqual(
    expect.arrayContaining([
      'README.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'docs/architecture.md',
      'docs/dhcp.md',
      'docs/drill-files.md',
      'docs/faults.md',
      'docs/images.md',
      'docs/load-balancing.md',
      'docs/metadata.md',
      'docs/reports.md',
      'docs/topology-files.md',
    ]),
  );
});

describe.each(all)('$file', (page) => {
  test('every relative link leads somewhere', () => {
    expect(linkTargets(page.text).flatMap((target) => brokenLink(page, target) ?? [])).toEqual([]);
  });

  test('every path of the project that it names exists', () => {
    expect(namedPaths(page.text).filter((name) => !existsSync(path.join(PACKAGE_ROOT, name)))).toEqual([]);
  });
});

/** What is wrong with a link; undefined when nothing is, or when it leads out of the project. */
function brokenLink(page: Page, target: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined;
  const [file = '', anchor] = target.split('#');
  const absolute =
    file === ''
      ? path.join(PACKAGE_ROOT, page.file)
      : path.join(PACKAGE_ROOT, path.dirname(page.file), decodeURIComponent(file));
  if (!existsSync(absolute)) return `${target}: there is no such file`;
  if (anchor === undefined || !absolute.endsWith('.md')) return undefined;
  return anchors(readFileSync(absolute, 'utf8')).has(anchor) ? undefined : `${target}: no such heading`;
}

test('every environment variable of the code is documented, and none that the code does not know', () => {
  const files = globSync(['harness/**/*', 'images/**/*'], { cwd: PACKAGE_ROOT, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  const inCode = variablesIn(files.map((file) => readFileSync(file, 'utf8')));
  const inDocs = variablesIn(
    all.filter(({ file }) => file === 'README.md' || file.startsWith('docs')).map(({ text }) => text),
  );
  expect(inCode.size).toBeGreaterThan(0);
  expect([...inDocs].sort()).toEqual([...inCode].sort());
});

function variablesIn(texts: readonly string[]): Set<string> {
  return new Set(texts.flatMap((text) => text.match(/\bHADRILL_[A-Z0-9_]+\b/g) ?? []));
}

test('a wrong link, heading or path would be found', () => {
  const text = [
    '# Two words & more',
    'See [one](docs/architecture.md) and [two](#two-words--more), `[not](a-link.md)`.',
    '```',
    '[neither](this.md)',
    '```',
    '`harness/cli/bin.js`, `harness/faults/NAME.ts` and `topologies/*/x.yml`',
  ].join('\n');
  expect(linkTargets(text)).toEqual(['docs/architecture.md', '#two-words--more']);
  expect([...anchors(text)]).toEqual(['two-words--more']);
  expect(namedPaths(text)).toEqual(['harness/cli/bin.js']);
  const page = { file: 'README.md', text };
  expect(brokenLink(page, '#nowhere')).toMatch(/no such heading/);
  expect(brokenLink(page, 'docs/nothing.md')).toMatch(/no such file/);
});
