import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { AGENT_OPERATIONS } from '../../../harness/lab/agent-operations.ts';
import { GUARD_STEPS } from '../../../harness/lab/guard-steps.ts';
import { missingPython } from '../probes/probe-process.ts';

const agent = new URL('../../../images/fabric/agent/', import.meta.url).pathname;

/** Name of an operation or a step -> names of its arguments; with `?` those that may be left out. */
type Signatures = Record<string, string[]>;

/** As the agent's decorators have put them down. */
function registered(): { operations: Signatures; steps: Signatures } {
  const script = [
    'import inspect, json',
    'import operations',
    'from guards import Guards',
    'from registry import GUARD_STEPS, OPERATIONS',
    'def names(function):',
    '    found = inspect.signature(function).parameters.values()',
    '    return [one.name + ("" if one.default is one.empty else "?") for one in found]',
    'def signatures(registry):',
    '    return {name: names(function) for name, function in registry.items()}',
    'operations = signatures({**OPERATIONS, **Guards().operations})',
    'print(json.dumps({"operations": operations, "steps": signatures(GUARD_STEPS)}))',
  ].join('\n');
  const { stdout, stderr } = spawnSync('python3', ['-S', '-c', script], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: agent },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const sorted = (signatures: Signatures) =>
  Object.fromEntries(
    Object.entries(signatures)
      .map(([name, args]): [string, string[]] => [name, args.map(bare).toSorted()])
      .toSorted(([one], [other]) => one.localeCompare(other)),
  );
const bare = (name: string) => name.replace('?', '');

describe.skipIf(missingPython !== undefined || process.platform !== 'linux')(
  'harness and agent agree',
  () => {
    test('on the operations and their arguments', () => {
      const ours = Object.entries(AGENT_OPERATIONS).map(([name, { args }]) => [
        name,
        Object.keys(args.shape),
      ]);
      expect(sorted(Object.fromEntries(ours))).toEqual(sorted(registered().operations));
    });

    test('on the steps of guards and their arguments', () => {
      const ours = Object.entries(GUARD_STEPS).map(([name, args]) => [name, Object.keys(args)]);
      expect(sorted(Object.fromEntries(ours))).toEqual(sorted(registered().steps));
    });

    test('on which arguments may be left out: what the harness may leave out has a default', () => {
      const { operations } = registered();
      for (const [name, { args }] of Object.entries(AGENT_OPERATIONS)) {
        const optional = Object.entries(args.shape as Record<string, { isOptional(): boolean }>)
          .filter(([, type]) => type.isOptional())
          .map(([key]) => `${key}?`);
        expect(operations[name], name).toEqual(expect.arrayContaining(optional));
      }
    });
  },
);
