// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the files' own syntax
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import { freshFolder } from '../support/folder.ts';
import { type HadrillProcess, hadrill, REPOSITORY, startHadrill } from '../support/hadrill.ts';
import { engine } from '../support/labs.ts';
import { refused } from '../support/refused.ts';

/** What a terminal obeys: nothing of it may reach one. */
const OBEYED = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;
/** Clears the screen, sets the clipboard, rings, turns the rest around, begins a line. */
const FOREIGN = '\x1b[2J\x1b]52;c;ZXZpbA==\x07\u202Ex\n# y';

const TOPOLOGY = `name: t
topology:
  nodes:
    a: { kind: linux, image: hadrill/endpoint }
    b: { kind: linux, image: hadrill/endpoint }
  links: [ { endpoints: [ "a:e", "b:e" ] } ]
`;
const drill = (topology: string, description = 'd') => `description: ${JSON.stringify(description)}
topology: ${JSON.stringify(topology)}
probes: { u: { kind: udp, from: a, to: b, address: 198.18.0.2 } }
fault: { kind: crash, target: b }
expect: [ { metric: u.outage_ms, op: "<=", value: 1 } ]
`;

/** Something that is not a file, or too large a one. */
const TRAPS = {
  pipe: (file: string) => void execFileSync('mkfifo', [file]),
  device: (file: string) => symlink('/dev/zero', file),
  huge: async (file: string) => {
    await writeFile(file, '');
    await truncate(file, 8 * 2 ** 30);
  },
};
const SAYS = {
  pipe: /is a device, pipe or socket/,
  device: /is a device, pipe or socket/,
  huge: /is larger than \d+ MiB/,
};
type Trap = keyof typeof TRAPS;

/** A folder in which `name` is what never ends, and the command that reads it. */
const READERS: Record<string, (set: (file: string) => void | Promise<void>) => Promise<string[]>> = {
  'the topology of a drill': async (set) => {
    const folder = await freshFolder();
    await set(path.join(folder, 't.clab.yml'));
    await writeFile(path.join(folder, 'd.drill.yml'), drill('t.clab.yml'));
    return ['run', path.join(folder, 'd.drill.yml')];
  },
  'a topology': async (set) => {
    const file = path.join(await freshFolder(), 't.clab.yml');
    await set(file);
    return ['up', file];
  },
  'a networks file': async (set) => {
    const folder = await freshFolder();
    await cp(path.join(REPOSITORY, 'topologies/dhcp'), folder, { recursive: true });
    await rm(path.join(folder, 'networks.yml'));
    await set(path.join(folder, 'networks.yml'));
    return ['up', path.join(folder, 'dhcp.clab.yml')];
  },
  'a configuration that is bound into a node': async (set) => {
    const folder = await freshFolder();
    await set(path.join(folder, 'haproxy.cfg'));
    const bind = 'binds: ["haproxy.cfg:/etc/haproxy/haproxy.cfg"], ';
    await writeFile(path.join(folder, 't.clab.yml'), TOPOLOGY.replace('a: {', `a: { ${bind}`));
    return ['up', path.join(folder, 't.clab.yml'), '--allow-host-binds'];
  },
  'the journal of a run': (set) => runWith('journal.json', set),
  'the facts of a run': (set) => runWith('run.json', set),
  'a record of a run': (set) => runWith('trial-2/inside.pcap', set),
};

async function runWith(name: string, set: (file: string) => void | Promise<void>): Promise<string[]> {
  const folder = path.join(await freshFolder(), 'run');
  await cp(path.join(REPOSITORY, 'tests/fixtures/run'), folder, { recursive: true });
  await rm(path.join(folder, 'journal.json'));
  await rm(path.join(folder, name), { force: true });
  await set(path.join(folder, name));
  return ['report', folder];
}

describe('what never ends, or is too much, is refused', () => {
  test.each<[Trap, string]>([
    ['pipe', 'the topology of a drill'],
    ['huge', 'a topology'],
    ['pipe', 'a networks file'],
    ['device', 'a networks file'],
    ['pipe', 'a configuration that is bound into a node'],
    ['device', 'a configuration that is bound into a node'],
    ['huge', 'a configuration that is bound into a node'],
    ['pipe', 'the journal of a run'],
    ['huge', 'the journal of a run'],
    ['pipe', 'the facts of a run'],
    ['pipe', 'a record of a run'],
  ])('%s: %s', async (trap, reader) => {
    let file = '';
    const args = await READERS[reader]!((where) => {
      file = path.basename(where);
      return TRAPS[trap](where);
    });
    const { code, stdout, stderr } = await hadrill(args);
    expect(code, stderr).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(SAYS[trap]);
    expect(stderr).toContain(file);
    expect(stderr).not.toContain('    at ');
  });

  test('pipe: a drill file', async () => {
    const file = path.join(await freshFolder(), 'd.drill.yml');
    TRAPS.pipe(file);
    expect((await refused(['run', file, '--dry-run'], 2)).stderr).toContain('there is no drill');
  });
});

describe('no character of a file acts on the terminal', () => {
  const clean = async (args: string[], code: number) => {
    const done = await hadrill(args);
    expect(done.code, done.stderr).toBe(code);
    expect(done.stdout).not.toMatch(OBEYED);
    expect(done.stderr).not.toMatch(OBEYED);
    return done;
  };

  test('that is a value, a key or the name of a drill; whole in JSON', async () => {
    const folder = path.join(await freshFolder(), `f${FOREIGN}`);
    await mkdir(folder);
    const file = path.join(folder, `d${FOREIGN}.drill.yml`);
    await writeFile(path.join(folder, 't.clab.yml'), TOPOLOGY);
    await writeFile(file, drill('t.clab.yml', FOREIGN));
    const plan = await clean(['run', file, '--dry-run'], 0);
    expect(plan.stdout).toMatch(/^f.*\/d.*: /);
    const json = await clean(['run', file, '--dry-run', '--json'], 0);
    expect(JSON.parse(json.stdout)).toMatchObject({ description: FOREIGN });
    await writeFile(file, `${JSON.stringify(FOREIGN)}: 1\n${drill(`${FOREIGN}.yml`, FOREIGN)}`);
    expect((await clean(['run', file, '--dry-run'], 2)).stderr).toMatch(/unknown key '/);
    await writeFile(file, drill(`${FOREIGN}.yml`));
    expect((await clean(['run', file], 2)).stderr).toMatch(/no such file/);
  });

  test('that is in a topology, or on the command line', async () => {
    const file = path.join(await freshFolder(), 't.clab.yml');
    await writeFile(file, TOPOLOGY.replace('hadrill/endpoint', `${JSON.stringify(FOREIGN)}`));
    await clean(['up', file], 2);
    await writeFile(file, TOPOLOGY.replace('kind: linux', `${JSON.stringify(FOREIGN)}: 1, kind: linux`));
    await clean(['up', file], 2);
    await clean(['report', FOREIGN, '--format', FOREIGN], 2);
    await clean(['run', FOREIGN, '--var', FOREIGN], 2);
    await clean(['list'], 0);
  });

  test.each(['text', 'md', 'json'])('that is in a run, reported as %s', async (format) => {
    const folder = path.join(await freshFolder(), 'run');
    await cp(path.join(REPOSITORY, 'tests/fixtures/run'), folder, { recursive: true });
    const file = path.join(folder, 'journal.json');
    const journal = JSON.parse(await readFile(file, 'utf8'));
    const [trial] = journal.trials;
    Object.assign(journal, { drill: FOREIGN, profile: FOREIGN, topology: FOREIGN, scale: [FOREIGN] });
    Object.assign(trial, { verdict: 'unknown', reason: FOREIGN, records: FOREIGN, notes: [FOREIGN] });
    trial.audits.push({ name: FOREIGN, verdict: 'fail', detail: FOREIGN });
    trial.timeline.push({ at_ms: 1, event: 'fault', detail: FOREIGN });
    trial.metrics[`${FOREIGN}.outage_ms`] = 1;
    journal.environment.versions[FOREIGN] = FOREIGN;
    await writeFile(file, JSON.stringify(journal));
    await clean(['report', folder, '--format', format], 0);
    await writeFile(file, JSON.stringify({ ...journal, [FOREIGN]: 1, verdict: FOREIGN }));
    await clean(['report', folder, '--format', format], 2);
  });
});

test('a variable of the environment goes nowhere that nobody named it for', async () => {
  const file = path.join(await freshFolder(), 'd.drill.yml');
  await writeFile(path.join(path.dirname(file), 't.clab.yml'), TOPOLOGY);
  const env = { HADRILL_TEST_TOKEN: 'S3CRET-of-the-shell' };
  for (const written of ['${HADRILL_TEST_TOKEN}', '${HADRILL_TEST_TOKEN:-x}']) {
    await writeFile(file, drill('t.clab.yml', `token ${written}`));
    const done = await hadrill(['run', file, '--dry-run'], { env });
    expect(done.stdout + done.stderr).not.toContain('S3CRET');
    expect(done.stderr).toContain('--var HADRILL_TEST_TOKEN');
    // Who named it for the file does not get it back either: its name says that it is a secret.
    const named = await hadrill(['run', file, '--dry-run', '--var', 'HADRILL_TEST_TOKEN'], { env });
    expect(named.code, named.stderr).toBe(0);
    expect(named.stdout).toContain('token ***');
  }
});

describe('a first signal ends what has no lab', () => {
  /** From then on the command itself answers signals: its work has not begun. SIGHUP is the last that it asks for. */
  const answers = (command: HadrillProcess) =>
    waitUntil({
      what: 'the command to answer signals',
      timeout_ms: 60_000,
      interval_ms: 1,
      check: async () => {
        const status = await readFile(`/proc/${command.pid}/status`, 'utf8').catch(() => '');
        return (BigInt(`0x${/^SigCgt:\s*(\w+)$/m.exec(status)?.[1] ?? '0'}`) & 1n) === 1n;
      },
    });

  describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
    test.each([
      { args: ['list'] },
      { args: ['run', '--dry-run', ...Array<string>(20).fill('l3/node-crash')] },
      { args: ['doctor'] },
    ])('$args.0', async ({ args }) => {
      const command = startHadrill(args);
      await answers(command);
      command.signal(signal);
      const { code, stdout, stderr } = await command.ended;
      expect(code, stderr).toBe(130);
      expect(stdout).toBe('');
    });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s while a report is made of records', async (signal) => {
    // The journal is gone: there is something to do.
    const command = startHadrill(await runWith('stray', () => undefined));
    await answers(command);
    command.signal(signal);
    const { code, stdout, stderr } = await command.ended;
    expect(code, stderr).toBe(130);
    expect(stdout).toBe('');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s while doctor tries a container leaves none',
    async (signal) => {
      const tried = async () => {
        const filters = { label: ['hadrill.lab=doctor'] };
        return (await engine.docker.listContainers({ all: true, filters })).map(({ Id }) => Id);
      };
      const others = new Set(await tried());
      const command = startHadrill(['doctor']);
      const [own] = await waitUntil({
        what: "doctor's container",
        timeout_ms: 60_000,
        interval_ms: 5,
        check: async () => {
          const found = (await tried()).filter((id) => !others.has(id));
          return found.length > 0 ? found : undefined;
        },
      });
      command.signal(signal);
      const { code, stdout, stderr } = await command.ended;
      expect(code, stderr).toBe(130);
      expect(stdout).toBe('');
      expect(await tried()).not.toContain(own);
    },
  );
});
