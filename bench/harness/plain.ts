/** The parameters of a model as a tree that `trainStep` takes. */
import type { DType, Shape, Tensor } from 'typegrad'

/** The same tree by type aliases: TypeScript gives interfaces no index signature, which a tree needs. */
export type Plain<T> = T extends Tensor<Shape, DType> ? T : { readonly [K in keyof T]: Plain<T[K]> }
export const plain = <T>(tree: T): Plain<T> => tree as Plain<T>
