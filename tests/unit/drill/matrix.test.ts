import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { matrixJsonSchemaText } from '../../../harness/drill/json-schema.ts';
import { loadMatrix } from '../../../harness/drill/load-matrix.ts';
import { cellName, cellsOf } from '../../../harness/drill/matrix-cells.ts';
import { readMatrix } from '../../../harness/drill/matrix-file.ts';
import { InputError } from '../../../harness/ground/errors.ts';
import { matrixReport } from '../../../harness/report/matrix/matrix-report.ts';
import { matrixText } from '../../../harness/report/matrix/matrix-text.ts';
import { repeatCommand } from '../../../harness/report/provenance.ts';
import { freshFile } from '../../support/folder.ts';
import { crashTrial, journalOf } from '../report/journals.ts';

const matrix = async (text: string) => readMatrix(await freshFile('x.matrix.yml', text));
const problem = async (text: string) => {
  const failure = await matrix(text)
    .then((read) => loadMatrix(read))
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InputError);
  return (failure as InputError).message;
};

test('docs/schemas/matrix.schema.json is current (node harness/drill/write-json-schema.ts)', () => {
  const committed = readFileSync(
    new URL('../../../docs/schemas/matrix.schema.json', import.meta.url),
    'utf8',
  );
  expect(committed).toBe(matrixJsonSchemaText());
});

test('a matrix has all combinations; those that are compared follow each other', async () => {
  const read = await matrix(`
drills: [l3/node-crash, l3/link-cut]
profiles: [fast, sla]
variables: { PRIORITY: [50, "60"] }
columns: profiles
`);
  const { cells, columns } = cellsOf(read);
  expect(columns).toBe('profiles');
  expect(cells).toHaveLength(8);
  expect(cells.slice(0, 3).map((cell) => [cell.drill, cellName(cell)])).toEqual([
    ['l3/node-crash', 'profiles=fast, PRIORITY=50'],
    ['l3/node-crash', 'profiles=sla, PRIORITY=50'],
    ['l3/node-crash', 'profiles=fast, PRIORITY=60'],
  ]);
});

test('without a word on columns the last that has several values is compared', async () => {
  const read = await matrix('drills: [a]\nvariables: { A: [1, 2] }\nimages: { only: {} }\n');
  expect(cellsOf(read).columns).toBe('A');
  expect(cellsOf(await matrix('drills: [a, b]\n'))).toMatchObject({ columns: undefined, cells: [{}, {}] });
});

test('each cell has its profile, variables and images', async () => {
  const read = await matrix(`
drills: [l3/node-crash]
profiles: [fast]
variables: { PRIORITY: [70] }
images:
  as-it-is: {}
  old: { hadrill/router: example/router:2.2 }
`);
  const { cells } = await loadMatrix(read);
  const images = cells.map(({ loaded }) => loaded.topology.nodes.map(({ image }) => image));
  expect(new Set(images[0])).toEqual(new Set(['hadrill/router', 'hadrill/endpoint']));
  expect(new Set(images[1])).toEqual(new Set(['example/router:2.2', 'hadrill/endpoint']));
  expect(cells[1]!.loaded.drill).toMatchObject({
    profile: 'fast',
    environment: { PRIORITY: '70' },
    images: { 'hadrill/router': 'example/router:2.2' },
  });
  expect(cells[0]!.loaded.drill).not.toHaveProperty('images');
});

test.each([
  ['drill: [a]\n', /x.matrix.yml:1:1: .*unknown key 'drill'.*did you mean 'drills'/s],
  ['drills: []\n', /x.matrix.yml:1:9/],
  ['drills: [l3/node-crsh]\n', /x.matrix.yml:1:10: there is no drill 'l3\/node-crsh'.*did you mean/s],
  ['drills: [l3/node-crash]\nprofiles: [fas]\n', /there is no profile 'fas'.*\(with profiles=fas\)/s],
  [
    'drills: [l3/node-crash]\nvariables:\n  PRIORTY: [1]\n',
    /x.matrix.yml:3:3: no file .* 'PRIORTY' \(did you/,
  ],
  ['drills: [l3/node-crash]\nvariables:\n  PRIORITY: [1, 1]\n', /x.matrix.yml:3:13: '1' is there twice/],
  [
    'drills: [l3/node-crash]\nvariables:\n  AUTH_PASSWORD: [1]\n',
    /x.matrix.yml:3:3: .*is a secret by its name/,
  ],
  [
    'drills: [l3/node-crash]\nimages:\n  old: { hadrill/ruter: a:1 }\n',
    /x.matrix.yml:3:10: no node has the image/,
  ],
  [
    'drills: [l3/node-crash]\nimages:\n  old: { hadrill/router: "A B" }\n',
    /x.matrix.yml:3:26: 'A B' is not the name/,
  ],
  ['drills: [l3/node-crash]\nimages: {}\n', /x.matrix.yml:2:1: 'images' names no version/],
  [
    'drills: [l3/node-crash]\nprofiles: [fast]\ncolumns: profile\n',
    /:3:10: 'profile' cannot be compared.*did you mean/,
  ],
])('%j is refused with its place', async (text, words) => {
  expect(await problem(text)).toMatch(words);
});

const side = (outage_ms: number, trials = 8) => ({
  folder: `/r/${outage_ms}`,
  journal: journalOf(Array.from({ length: trials }, (_, at) => crashTrial(at + 1, outage_ms + at))),
  probes: undefined,
});
const cell = (ADVERT_INT: string, of?: ReturnType<typeof side>) => ({
  drill: 'l3/node-crash',
  values: { profiles: 'sla', ADVERT_INT },
  side: of,
});

test('a report has a row for each run, and what it says beside the first', () => {
  const report = matrixReport(
    'm.yml',
    [cell('1', side(3300)), cell('2', side(3700)), cell('3')],
    'ADVERT_INT',
  );
  expect(report).toMatchObject({
    schema: 'hadrill.matrix/1',
    verdict: 'unknown',
    cells: [
      { trials: 8, trusted: 8, metric: 'udp.outage_ms' },
      { beside: '1', comparison: { verdict: 'fail' } },
      { verdict: 'unknown', trials: 0 },
    ],
  });
  expect(report.cells[0]).not.toHaveProperty('comparison');
  const text = matrixText(report);
  expect(text).toMatch(/^UNKNOWN m.yml: 3 runs; compared: ADVERT_INT$/m);
  expect(text).toMatch(/^PASS +l3\/node-crash +sla +1 +8 +udp.outage_ms .*the first$/m);
  expect(text).toMatch(/^PASS +l3\/node-crash +sla +2 +8 +udp.outage_ms .*1: worse$/m);
  expect(text).toMatch(/^UNKNOWN +l3\/node-crash +sla +3 +not made/m);
  expect(text).toMatch(/profiles=sla: ADVERT_INT=2 beside 1: worse: udp.outage_ms/);
});

test('runs that must not be compared say why', () => {
  const other = side(3300);
  other.journal.drill = 'l3/other';
  const { cells } = matrixReport('m.yml', [cell('1', side(3300)), cell('2', other)], 'ADVERT_INT');
  expect(cells[1]!.not_compared).toMatch(/can't be compared/);
});

test('the command that makes the run of a cell again has its images', () => {
  const { journal } = side(3300);
  const images = { 'hadrill/router': 'example/router:2.2' };
  journal.command = { drill: 'l3/node-crash', out: '/r', environment: { PRIORITY: '70' }, images };
  expect(repeatCommand(journal, '/')).toContain(
    '--var PRIORITY=70 --image hadrill/router=example/router:2.2',
  );
});
