/** What a recipe's model is, as far as the shell knows. */
import type { Claim } from '../dsl/statement.js'

/** What a model must have: its parameters' specs. The rest is the recipe's own business. */
export interface Model {
  readonly params: object
  /**
   * State carried from step to step that no gradient changes: specs, which begin like parameters (whole numbers and truth values at 0),
   * or expressions; or a function of the first parameters and a key that gives such a tree.
   */
  readonly aux?: object
  /** What the model promises about itself; `typegrad audit` proves it. */
  readonly claims?: () => readonly Claim[]
}
/** The carried state of a model. */
export type AuxOf<M> = M extends {
  /** A function of the first parameters, or the tree itself. */
  readonly aux: infer A
} ? A extends (...args: never) => infer T ? T : A : {}
