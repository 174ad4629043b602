import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshFile, freshFolder } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { freshName, removeLabs, topologyFile } from '../support/labs.ts';
import { refused } from '../support/refused.ts';

describe('the command line', () => {
  test.each([
    { args: ['run', 'l3/node-crash', '--trials', '0'], says: /trials/ },
    { args: ['run', 'l3/node-crash', '--trials', 'many'], says: /trials.*'many'/ },
    { args: ['run', 'l3/node-crash', '--seed', '-1'], says: /seed/ },
    { args: ['run'], says: /name a drill, a run with --replay, or a --matrix/ },
    { args: ['run', 'l3/node-crash', '--trails', '2'], says: /unknown option '--trails'/ },
    { args: ['frobnicate'], says: /unknown command 'frobnicate'/ },
    { args: ['down'], says: /name one lab, or say --all/ },
    { args: ['fault', 'x', 'crash', 'y', '--for', 'ever'], says: /'ever' is not a duration/ },
    {
      args: ['fault', 'x', 'crush', 'y'],
      says: /there is no fault 'crush' \(did you mean 'crash'\?\); there are arp-poison, .*crash, .*unplug/,
    },
    { args: ['fault', 'x', 'crash', 'y', '--for', '600h'], says: /'600h' is too long: .* 24 hours/ },
    { args: ['fault', 'x', 'cut', 'y:z', '--option', 'kind=sawn'], says: /a cut's kind is .*'sawn'/ },
    { args: ['fault', 'x', 'crash', 'a b'], says: /'a b' is not a target/ },
    { args: ['report', '/no/such/folder'], says: /\/no\/such\/folder\/journal\.json/ },
    { args: ['report', '/no/such/folder', '--format', 'pdf'], says: /'pdf'/ },
    {
      args: ['up', 'topologies/l3/l3.clab.yml', '--name', 'no spaces please'],
      says: /is not a valid name for a lab/,
    },
  ])('$args', async ({ args, says }) => {
    expect((await refused(args, 2)).stderr).toMatch(says);
  });

  test.each(['down', 'exec'])('%s of a lab that is not up', async (command) => {
    const lab = freshName('nowhere');
    const { stderr } = await refused([command, lab, ...(command === 'exec' ? ['a', '--', 'true'] : [])], 2);
    expect(stderr).toContain(`no lab '${lab}' is up`);
  });

  test('a folder without a journal, and a journal that is none', async () => {
    const folder = await freshFolder();
    expect((await refused(['report', folder], 2)).stderr).toContain(path.join(folder, 'journal.json'));
    await writeFile(path.join(folder, 'journal.json'), '{"schema": "something/7"}');
    expect((await refused(['report', folder], 2)).stderr).toContain('something/7');
    await writeFile(path.join(folder, 'journal.json'), '{"schema": ');
    expect((await refused(['report', folder], 2)).stderr).toContain(path.join(folder, 'journal.json'));
  });

  test('results that cannot be written: before anything is built', async () => {
    const file = await freshFile('taken', 'a file, not a folder');
    const { stderr } = await refused(['run', 'l3/node-crash', '--out', file], 3);
    expect(stderr).toContain(file);
    expect(stderr).toMatch(/^what to do: .*--out$/m);
    expect(stderr).not.toContain('building lab');
  });

  test('no engine', async () => {
    const env = { DOCKER_HOST: 'unix:///nonexistent/engine.sock' };
    for (const args of [
      ['ps'],
      ['up', topologyFile('small')],
      ['run', 'l3/node-crash', '--out', await freshFolder()],
    ]) {
      const { stderr } = await refused(args, 3, { env });
      expect(stderr).toMatch(
        /no container engine at unix:\/\/\/nonexistent\/engine\.sock \(from DOCKER_HOST\)/,
      );
      expect(stderr).toMatch(/^what to do: /m);
    }
  });

  test('no engine is needed to check a drill', async () => {
    const env = { DOCKER_HOST: 'unix:///nonexistent/engine.sock' };
    expect(await hadrill(['run', 'l3/node-crash', '--dry-run'], { env })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });
});

describe('a lab that is up', () => {
  const lab = freshName('there');
  beforeAll(async () => {
    expect(await hadrill(['up', topologyFile('small'), '--name', lab])).toMatchObject({ code: 0 });
  });
  afterAll(() => removeLabs(lab));

  test('is not built a second time, and not harmed by the attempt', async () => {
    const { stderr } = await refused(['up', topologyFile('small'), '--name', lab], 2);
    expect(stderr).toContain(`a lab named '${lab}' is up already`);
    expect(stderr).toContain(`hadrill down ${lab}`);
    const ping = await hadrill(['exec', lab, 'a', '--', 'ping', '-c', '1', '-W', '2', '198.18.1.2']);
    expect(ping.code).toBe(0);
  });

  test.each([
    { args: ['crash', 'nobody'], says: /unknown node 'nobody'.*a, b, c/ },
    { args: ['crash', 'host:machine7'], says: /unknown host 'machine7'.*machine1/ },
    { args: ['crash', 'master(router)'], says: /unknown virtual router 'router'/ },
    { args: ['crash', 'active(vip)'], says: /no cluster runs 'vip': no node is a member of one/ },
    { args: ['crash', 'a/sleep'], says: /crash cannot be aimed at 'a\/sleep'/ },
    { args: ['kill', 'a'], says: /kill cannot be aimed at 'a'/ },
    { args: ['kill', 'a/haproxy'], says: /no process named 'haproxy' runs on 'a'; these do: / },
    { args: ['kill', 'a/sleep', '--option', 'signal=SIGNOTHING'], says: /'SIGNOTHING' is not a signal/ },
    { args: ['kill', 'a/sleep', '--option', 'signal'], says: /write NAME=VALUE/ },
  ])('takes no fault that cannot be: $args', async ({ args, says }) => {
    expect((await refused(['fault', lab, ...args, '--for', '1s'], 2)).stderr).toMatch(says);
  });

  test('takes no option that its fault does not know', async () => {
    const args = ['fault', lab, 'kill', 'a/sleep', '--for', '1s', '--option', 'sginal=SIGTERM'];
    expect((await refused(args, 2)).stderr).toMatch(
      /kill has no option 'sginal' \(did you mean 'signal'\?\)/,
    );
  });

  test('has no such node', async () => {
    const { stderr } = await refused(['exec', lab, 'z', '--', 'true'], 2);
    expect(stderr).toBe(`hadrill: lab '${lab}' has no node 'z'; it has a, b, c\n`);
  });
});
