// The floor of `up` and `down`: a process that asks the engine for the same containers, and for nothing else.
// It has hadrill's own quick start, so that the comparison is of the work and not of loading a client.
import { readFile } from 'node:fs/promises';
import module from 'node:module';

module.enableCompileCache();
const { loadDocker } = await import('../../harness/engine/load-docker.ts');
const Docker = await loadDocker();
const docker = new Docker();
const [, , what, argument] = process.argv;

if (what === 'start') {
  const all = JSON.parse(await readFile(argument, 'utf8'));
  await Promise.all(all.map(async (options) => (await docker.createContainer(options)).start()));
} else {
  const found = await docker.listContainers({ all: true, filters: { label: [`hadrill.lab=${argument}`] } });
  await Promise.all(found.map(({ Id: id }) => docker.getContainer(id).remove({ force: true, v: true })));
}
