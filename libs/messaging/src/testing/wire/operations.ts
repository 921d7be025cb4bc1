/**
 * What carries out one command. The table is keyed by the class name of the command, which says what the input is: a
 * function for one input is taken for a function of none that can be made, and called only with its own.
 */
export type Operation = (input: never, signal?: AbortSignal) => object | Promise<object>;

/** Operations by the class name of their command, such as `SendMessageCommand`. */
export type Operations = Readonly<Record<string, Operation>>;
