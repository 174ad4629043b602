import type { BadNews } from '../../bad-news.ts';

/** What BIRD logs (2.17). */
export const BIRD_NEWS: readonly BadNews[] = [
  { pattern: /<BUG>/, means: 'BIRD has met a mistake of its own', level: 'failure' },
  { pattern: /Assertion .* failed/, means: 'BIRD has met a mistake of its own', level: 'failure' },
  { pattern: /<ERR> KRT: /, means: "the kernel does not take BIRD's routes", level: 'note' },
];
