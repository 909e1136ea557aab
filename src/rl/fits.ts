/** Whether a policy sees what an environment shows, and does what it takes; in types and at run time. */
import { TypegradError } from '../dsl/errors.js'
import type { Alike } from '../dsl/nn/alike.js'
import { sameShape, showShape } from '../dsl/shape/dim.js'
import type { Show } from '../dsl/shape/dim-types.js'
import type { Shape } from '../dsl/tensor.js'
import { showSpace, type ActionSpace, type ShowSpace } from './spaces.js'

/** What both an environment and a policy say of themselves. */
export interface Interface { readonly observation: Shape; readonly action: ActionSpace }

/** `[]`, or the message when a policy does not fit an environment. */
export type Fits<Op extends string, O extends Shape, A extends ActionSpace, Pi> =
  Pi extends { readonly observation: infer Q extends Shape; readonly action: infer B extends ActionSpace }
    ? Alike<O, Q> extends true
      ? [A, B] extends [B, A] ? [] : number extends SizeOf<A> | SizeOf<B> ? []
        : `${Op}: an action is ${ShowSpace<A>} but the policy's is ${ShowSpace<B>}`
      : `${Op}: an observation is ${Show<O>} but the policy's is ${Show<Q>}`
    : `${Op}: a policy was expected`
type SizeOf<A extends ActionSpace> =
  A extends { readonly count: infer K } ? K : A extends { readonly size: infer K } ? K : never

/** `[]`, or the message when a value function with observations `Q` does not see what the environment shows. */
export type Sees<Op extends string, O extends Shape, Q extends Shape> =
  Alike<O, Q> extends true ? [] : `${Op}: an observation is ${Show<O>} but the value function's is ${Show<Q>}`

/** The same at run time. */
export const checkSees = (op: string, { observation: shows }: Interface, value: unknown): void => {
  const sees = (value as { readonly observation?: Shape } | undefined)?.observation
  if (!sees)
    throw new TypegradError('value', `${op}: a value function was expected, such as valueFunction({ observation: ${String(shows[0])} })`)
  if (!sameShape(shows, sees))
    throw new TypegradError('shape', `${op}: an observation is ${showShape(shows)} but the value function's is ${showShape(sees)}`)
}

/** A number of things, or the sentence about it. */
export const count = (op: string, what: string, n: number): number => {
  if (Number.isInteger(n) && n > 0) return n
  throw new TypegradError('value', `${op}: ${what} is ${n}, but a whole number above 0 was expected`)
}

/** Whether a policy fits, at run time. */
export const checkFits = (op: string, environment: Interface, given: unknown): void => {
  const policy = given as Interface | undefined
  if (!policy?.action)
    throw new TypegradError('value', `${op}: a policy was expected, such as categoricalPolicy({...}) or gaussianPolicy({...})`)
  const [shows, sees] = [environment.observation, policy.observation]
  if (!sameShape(shows, sees))
    throw new TypegradError('shape', `${op}: an observation is ${showShape(shows)} but the policy's is ${showShape(sees)}`)
  const [takes, gives] = [showSpace(environment.action), showSpace(policy.action)]
  if (takes !== gives) throw new TypegradError('shape', `${op}: an action is ${takes} but the policy's is ${gives}`)
}
