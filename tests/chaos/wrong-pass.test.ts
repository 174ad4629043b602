import { test } from 'vitest';
import { ESSENTIAL } from '../support/essential-sabotages.ts';
import { L3_SABOTAGES } from '../support/l3-sabotages.ts';
import { OTHER_SABOTAGES } from '../support/other-sabotages.ts';
import { expectNoPass } from '../support/sabotage.ts';

const ALL = Object.entries({ ...L3_SABOTAGES, ...OTHER_SABOTAGES });

test.for(ALL.filter(([name]) => ESSENTIAL.includes(name)))('%s: no pass', ([, sabotage], context) =>
  expectNoPass(context, sabotage),
);
