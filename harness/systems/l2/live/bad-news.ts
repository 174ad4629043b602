import type { BadNews } from '../../bad-news.ts';

/** What Open vSwitch logs (3.5): `NUMBER|MODULE|LEVEL|TEXT`. */
export const SWITCH_NEWS: readonly BadNews[] = [
  { pattern: /\|EMER\|/, means: 'a daemon of Open vSwitch calls for help', level: 'failure' },
  {
    pattern: /\d+ crashes: pid \d+ died/,
    means: 'a daemon of Open vSwitch crashed and was started again by its monitor',
    level: 'failure',
  },
  { pattern: /blocked \d+ ms waiting for/, means: 'Open vSwitch stood still', level: 'note' },
];
