import { connectOne, type NamedEngine, sameEngines } from '../engine/connect-engines.ts';
import type { EngineAddress } from '../engine/engine-list.ts';
import { livingLabs } from '../lab/garbage.ts';
import type { Check } from './check.ts';
import { engineChecks, failed } from './doctor-checks.ts';
import { WATCH_S } from './machine-checks.ts';

/**
 * What each engine of a list can and cannot do, and whether a run may use it now. An engine that lacks images does not lack
 * them for a run: it builds what its drill needs. Changes nothing, as `runChecks`.
 * @param stopping as for `runChecks`.
 */
export async function fleetChecks(
  addresses: readonly EngineAddress[],
  stopping: () => AbortSignal | undefined,
): Promise<Check[]> {
  const looked = await Promise.all(addresses.map((address) => checksOf(address, stopping)));
  const engines = looked.flatMap(({ engine }) => engine ?? []);
  const same = sameEngines(engines).map(
    (detail): Check => ({ name: 'engines', status: 'missing', detail, remedy: 'leave the others out' }),
  );
  return [...same, ...looked.flatMap(({ checks }) => checks)];
}

async function checksOf(
  address: EngineAddress,
  stopping: () => AbortSignal | undefined,
): Promise<{ engine?: NamedEngine; checks: Check[] }> {
  const of = (checks: Check[]) => checks.map((check) => ({ engine: address.name, ...check }));
  try {
    const engine = await connectOne(address, process.env);
    const checks = await engineChecks(engine, engine.details, { stopping, watch_s: WATCH_S });
    return { engine, checks: of([...checks.map(buildsImages), await vacancyCheck(engine)]) };
  } catch (error) {
    stopping()?.throwIfAborted();
    return { checks: of([failed('engine', error)]) };
  }
}

function buildsImages(check: Check): Check {
  if (check.name !== 'images' || check.status !== 'missing') return check;
  const { remedy: _, ...rest } = check;
  return { ...rest, status: 'limited', detail: `${check.detail}; a run builds those that its drill needs` };
}

/** Whether a lab is up there: a timed lab has an engine to itself. */
async function vacancyCheck(engine: NamedEngine): Promise<Check> {
  const labs = await livingLabs(engine);
  if (labs.length === 0) return { name: 'vacant', status: 'ok', detail: 'no lab is up' };
  const remedy = 'wait until it is gone, take it down (hadrill down), or leave that engine out';
  return { name: 'vacant', status: 'missing', detail: `a lab is up already: ${labs.join(', ')}`, remedy };
}
