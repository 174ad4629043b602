/** Memory that was never written takes no room, and what is left behind at a growth is not given back at once. */
const GROWTH = 8;

/** Numbers that are added one after the other, eight bytes each. */
export class NumberColumn {
  #values: Float64Array;
  #length = 0;

  /** @param expected so many are expected; there may be more. */
  constructor(expected = 256) {
    this.#values = new Float64Array(Math.max(1, expected));
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(GROWTH * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** The number at a position below `length`. */
  at(position: number): number {
    return this.#values[position]!;
  }

  /** Puts another in its place. */
  set(position: number, value: number): void {
    this.#values[position] = value;
  }

  /** Where a number is that was added in ascending order, -1 where it is not. One that counts up by one is found at once. */
  positionOf(wanted: number): number {
    return search(this.#values, this.#length, wanted);
  }

  /** All of them, not copied: what is added later is not in it. */
  values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}

/** Where `wanted` is in ascending numbers, -1 where it is not. Numbers that count up by one are found at once. */
export function positionOf(ascending: Float64Array, wanted: number): number {
  return search(ascending, ascending.length, wanted);
}

function search(ascending: Float64Array, length: number, wanted: number): number {
  if (length === 0) return -1;
  const guess = wanted - ascending[0]!;
  if (guess >= 0 && guess < length && ascending[guess] === wanted) return guess;
  let [low, high] = [0, length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = ascending[middle]!;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
