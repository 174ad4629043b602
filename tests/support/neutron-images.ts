import { beforeAll } from 'vitest';
import { ensureImages } from '../../harness/engine/ensure-images.ts';
import { engine } from './labs.ts';

/** Some hundred packages of Debian, and the making of Neutron's database. */
const BUILD_MS = 900_000;

/** Has the images of Neutron built before the tests of a file: nothing else does. */
export function needNeutronImages(): void {
  beforeAll(() => ensureImages(engine, ['neutron-node', 'neutron-control']), BUILD_MS);
}
