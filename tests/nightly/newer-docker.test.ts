import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DRILL_IMAGES, drillsOn } from '../support/drills-on.ts';
import { noTreeEngine, TreeEngine } from '../support/tree-engine.ts';

/** Debian 13. */
const RELEASE = 'trixie';
const MADE_WITHIN_MS = 900_000;

describe.skipIf(noTreeEngine)(`on Docker 26${noTreeEngine ? ` (skipped: ${noTreeEngine})` : ''}`, () => {
  let engine: TreeEngine;

  beforeAll(async () => {
    engine = await TreeEngine.begin(RELEASE, DRILL_IMAGES);
  }, MADE_WITHIN_MS);
  afterAll(() => engine?.end());

  test('it is the newer one', async () => {
    expect(Number((await (await engine.connect()).docker.version()).Version.split('.')[0])).toBeGreaterThan(
      20,
    );
  });

  drillsOn('docker', () => engine);
});
