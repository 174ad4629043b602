import type { Engine } from '../../harness/engine/connect.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { optionsOf } from './bare-containers.ts';

export interface LibraryRound {
  up_ms: number;
  bare_start_ms: number;
  down_ms: number;
  bare_remove_ms: number;
}

/** The same comparison inside one running process: what a program pays that uses the library. */
export async function libraryRound(
  engine: Engine,
  file: string,
  lab: string,
  bare: string,
): Promise<LibraryRound> {
  const topology = await loadTopology(file);
  const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const from = performance.now();
    const done = await work();
    return [done, performance.now() - from];
  };
  const [built, up_ms] = await timed(() => up(engine, topology, { name: lab }));
  const options = await optionsOf(engine, lab, bare);
  const [, down_ms] = await timed(() => built.down());
  const [, bare_start_ms] = await timed(() =>
    Promise.all(options.map(async (one) => (await engine.docker.createContainer(one)).start())),
  );
  const filters = { label: [`hadrill.lab=${bare}`] };
  const found = await engine.docker.listContainers({ all: true, filters });
  const [, bare_remove_ms] = await timed(() =>
    Promise.all(found.map(({ Id: id }) => engine.docker.getContainer(id).remove({ force: true, v: true }))),
  );
  return { up_ms, bare_start_ms, down_ms, bare_remove_ms };
}
