import { seededRandom } from '../../harness/ground/random.ts';

const TAGS = ['', '', '', 'set:a,', 'tag:b,', 'tag:b,set:c,', 'tag:b,tag:d,', 'eth,'];
const ADDRESSES = [
  '198.18.1.20,198.18.1.119',
  '198.18.1.20, 198.18.1.119',
  '198.18.1.119,198.18.1.20',
  '198.18.1.0,static',
  '198.18.1.0,proxy',
  '198.18.1.20',
  '198.18.1.20,nowhere',
  '198.18.1.20,198.18.9.1',
];
const MASKS = ['', '', '', ',255.255.255.0', ',255.255.255.0,198.18.1.255', ',255.255.0.0'];
const LEASES = [
  '',
  '',
  ...['120', '60', '90s', '0', '1', '45m', '1h', '2d', '1w', '1H', '150s', '100000', '4294967295']
    .concat(['infinite', 'soon', '12x', '1h,2', '1 h', '-5', '2.5h', '90000000'])
    .map((lease) => `,${lease}`),
];
const OTHERS = [
  'no-ping',
  'dhcp-authoritative',
  'dhcp-reply-delay=2',
  'dhcp-reply-delay=tag:b,3',
  'dhcp-reply-delay=tag:b,tag:d,3',
  'dhcp-reply-delay=soon',
  'dhcp-reply-delay=',
  'dhcp-reply-delay=1s',
  'dhcp-option=58,10',
  'dhcp-option=option:T1,10',
  'dhcp-option=tag:a,option:T2,20',
  'dhcp-option=58,1m',
  'dhcp-option=58,1h',
  'dhcp-option=59,soon',
  'dhcp-option=option:router',
  'dhcp-option=15,"a, b # c"',
  'dhcp-option=15,"unfinished',
  '  dhcp-reply-delay  =  1   # later',
  '# dhcp-reply-delay=9',
  'dhcp-range=2001:db8::10,2001:db8::20,64,1h',
  'leasefile-ro',
];

/** Configurations of dnsmasq, right ones and wrong ones; the same for the same seed. */
export function dnsmasqConfs(count: number, seed: number): string[] {
  const random = seededRandom(seed);
  const any = (list: readonly string[]) => list[Math.floor(random.unit() * list.length)]!;
  return Array.from({ length: count }, () => {
    const range = () =>
      `dhcp-range${any(['=', ' = '])}${any(TAGS)}${any(ADDRESSES.slice(0, 5).concat(ADDRESSES))}${any(MASKS)}${any(LEASES)}`;
    const others = Array.from({ length: Math.floor(random.unit() * 3) }, () => any(OTHERS));
    return ['port=0', 'no-hosts', 'no-resolv', ...others, range(), ''].join('\n');
  });
}
