/** How often something happened. */
export interface Rate {
  count: number;
  of: number;
}

/** Wilson's score interval of 95 % (1927). @param rate of one trial at least. */
export function wilsonInterval({ count, of }: Rate): [low: number, high: number] {
  const z = 1.959963984540054;
  const share = count / of;
  const middle = (share + z ** 2 / (2 * of)) / (1 + z ** 2 / of);
  const half = (z / (1 + z ** 2 / of)) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
