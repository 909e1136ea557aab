/** Functions from types to types, as types: the way a layer says which shape it gives for which. */

/** A function on types: an interface that computes `out` from `this['in']`. */
export interface TypeFunction { readonly in: unknown; readonly out: unknown }
/** The result of a type function. */
export type Apply<F extends TypeFunction, X> = (F & { readonly in: X })['out']
/** The type function that keeps what it is given. */
export interface Same extends TypeFunction { readonly out: this['in'] }
