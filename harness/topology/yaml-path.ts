/** Keys and list indexes from the top of a file. */
export type YamlPath = readonly (string | number)[];
