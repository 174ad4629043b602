// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the substitutions under test
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedVariables } from '../../../harness/cli/variables.ts';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { formatProblem } from '../../../harness/ground/errors.ts';
import { planReport } from '../../../harness/report/plan.ts';
import { NamedVariables, refuseUnasked } from '../../../harness/topology/named-variables.ts';

let folder: string;
const file = (name: string) => path.join(folder, name);
const drill = (text = 'd') => `description: ${text}
topology: t.clab.yml
variables: { HADRILL_TEST_OWN: own }
probes: { udp: { kind: udp, from: a, to: a, address: 198.18.1.1 } }
fault: { kind: crash, target: a }
expect: [{ metric: udp.outage_ms, op: "<=", value: 5000 }]
`;
const TOPOLOGY = `name: t
topology:
  nodes:
    a:
      kind: linux
      image: hadrill/endpoint
      env:
        X: "\${HADRILL_TEST_X:=1}"
        P: "\${HADRILL_TEST_PASSWORD:-p}"
        O: "\${HADRILL_TEST_OWN:=other}"
        H: "$HADRILL_TEST_BARE"
`;
/** What somebody's shell may have. */
const SHELL = {
  HADRILL_TEST_X: '2',
  HADRILL_TEST_PASSWORD: 'hidden',
  HADRILL_TEST_BARE: 'b',
  HADRILL_TEST_OWN: 's',
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'variables-'));
  await writeFile(file('t.clab.yml'), TOPOLOGY);
  await writeFile(file('x.drill.yml'), drill());
  await writeFile(file('token.drill.yml'), drill('the token is ${HADRILL_TEST_PASSWORD}'));
  await writeFile(file('default.drill.yml'), drill('the token is ${HADRILL_TEST_PASSWORD:-x}'));
  for (const [name, value] of Object.entries(SHELL)) process.env[name] = value;
});
afterAll(async () => {
  for (const name of Object.keys(SHELL)) delete process.env[name];
  await rm(folder, { recursive: true });
});

describe('what files are given of the environment', () => {
  it('is nothing that was not named: defaults count, bare names stay, and a note says so', async () => {
    const {
      drill: loaded,
      topology,
      variable_notes,
    } = await loadDrill(file('x.drill.yml'), undefined, {
      environment: process.env,
    });
    expect(topology.nodes[0]!.env).toEqual({ X: '1', P: 'p', O: 'own', H: '$HADRILL_TEST_BARE' });
    expect(loaded.environment).toEqual({});
    expect(variable_notes.map(formatProblem)).toEqual(
      ['HADRILL_TEST_BARE', 'HADRILL_TEST_PASSWORD', 'HADRILL_TEST_X'].map(
        (name) =>
          `${file('t.clab.yml')}: variable '${name}' is set in the environment, and not taken from there: ` +
          `--var ${name} takes it`,
      ),
    );
  });

  it('is not a text of a drill, with a default or without', async () => {
    await expect(loadDrill(file('token.drill.yml'))).rejects.toThrow(
      /^\/.*token\.drill\.yml:1:27: variable 'HADRILL_TEST_PASSWORD' has no value: .*--var HADRILL_TEST_PASSWORD/,
    );
    const { drill: loaded } = await loadDrill(file('default.drill.yml'));
    expect(loaded.description).toBe('the token is x');
  });

  it('is what was named, before the variables of the drill; the value of a secret is not kept', async () => {
    const words = ['HADRILL_TEST_X', 'HADRILL_TEST_PASSWORD', 'HADRILL_TEST_OWN=mine', 'HADRILL_TEST_BARE='];
    const variables = namedVariables(words, process.env);
    const loaded = await loadDrill(file('x.drill.yml'), undefined, { variables, environment: process.env });
    expect(loaded.topology.nodes[0]!.env).toMatchObject({ X: '2', P: 'hidden', O: 'mine' });
    expect(loaded.variable_notes).toEqual([]);
    expect(loaded.drill.environment).toEqual({
      HADRILL_TEST_BARE: '',
      HADRILL_TEST_OWN: 'mine',
      HADRILL_TEST_PASSWORD: null,
      HADRILL_TEST_X: '2',
    });
    expect(() => refuseUnasked(variables, loaded.asked)).not.toThrow();
    const { text, plan } = planReport(loaded, { trials: 1, seed: 1 });
    expect(plan.variables).toMatchObject({ HADRILL_TEST_OWN: 'mine', HADRILL_TEST_PASSWORD: '***' });
    expect(text + JSON.stringify(plan)).not.toContain('hidden');
  });
});

describe('--var', () => {
  it.each([
    ['A=1=2', { A: '1=2' }],
    ['A=', { A: '' }],
    ['A', { A: 'from the shell' }],
    ['A=two\nlines', { A: 'two\nlines' }],
  ])('%j', (word, named) => {
    expect(namedVariables(['A=first', word], { A: 'from the shell' })).toEqual(named);
  });

  it.each([
    ['B', /^--var B: the environment has no B; write --var B=VALUE$/],
    ['toString', /the environment has no toString/],
    ['a-b=s3cret', /^--var 'a-b' is not a variable: write NAME=VALUE or NAME$/],
    ['', /is not a variable/],
    ['__proto__=x', /is not a variable/],
  ])('%j is refused', (word, message) => {
    expect(() => namedVariables([word], { A: '1' })).toThrow(message);
  });

  it('that no file asks for is refused', () => {
    expect(() => refuseUnasked({ ADVRT_INT: '2' }, ['ADVERT_INT', 'TAG'])).toThrow(
      /no file has the variable 'ADVRT_INT' that was given \(did you mean 'ADVERT_INT'\?\); they have ADVERT_INT, TAG$/,
    );
  });
});

describe('variables that files asked for', () => {
  it('are known whether they were given or not', () => {
    const noted = new NamedVariables({ A: '1', B: '2' });
    expect([noted.given(), Object.hasOwn(noted.env, 'B'), noted.env.B, noted.given()]).toEqual([
      {},
      true,
      '2',
      { B: '2' },
    ]);
    Object.hasOwn(noted.env, 'toString');
    expect(noted.asked()).toEqual(['B', 'toString']);
    expect(noted.given()).toEqual({ B: '2' });
  });
});
