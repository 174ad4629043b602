import type { BadNews } from '../../bad-news.ts';

/** What dnsmasq logs (2.91). */
export const DNSMASQ_NEWS: readonly BadNews[] = [
  { pattern: /FAILED to start up/, means: 'dnsmasq did not start', level: 'failure' },
  {
    pattern: /failed to allocate (\d+ bytes|memory)/,
    means: 'dnsmasq got no memory',
    level: 'failure',
  },
  {
    pattern: /no address range available/,
    means: 'dnsmasq has no range for the network that a client asked from',
    level: 'note',
  },
];
