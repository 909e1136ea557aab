/** How to write the i-th of the distinct calls that measure an op's cost in types; `n(i)` is a size of its own for each call. */

/** Statements that make the inputs of a call, and the call. */
export interface Call { readonly inputs: string; readonly call: string }

/** A size that differs from call to call, as sizes do in real programs: never a round number. */
const n = (i: number, base = 500): number => base + 7 * i

/** The ops under budget. */
export const calls: Readonly<Record<string, (i: number) => Call>> = {
  f32: i => ({ inputs: '', call: `f32('B', ${n(i)}, ${n(i, 3)})` }),
  relu: i => ({ inputs: `const x${i} = f32('B', ${n(i)})`, call: `relu(x${i})` }),
  add: i => ({ inputs: `const x${i} = f32('B', ${n(i)}), y${i} = f32(${n(i)})`, call: `add(x${i}, y${i})` }),
  less: i => ({ inputs: `const x${i} = f32('B', ${n(i)}), y${i} = f32(${n(i)})`, call: `less(x${i}, y${i})` }),
  where: i => ({ inputs: `const c${i} = bool('B', ${n(i)}), x${i} = f32('B', ${n(i)})`, call: `where(c${i}, x${i}, x${i})` }),
  matmul: i => ({ inputs: `const x${i} = f32('B', ${n(i)}), y${i} = f32(${n(i)}, ${n(i, 64)})`, call: `matmul(x${i}, y${i})` }),
  'matmul, batched': i => ({
    inputs: `const x${i} = f32('B', 12, 'T', ${n(i)}), y${i} = f32('B', 12, ${n(i)}, 'T')`,
    call: `matmul(x${i}, y${i})`,
  }),
  einsum: i => ({
    inputs: `const x${i} = f32('B', 'Q', ${n(i)}), y${i} = f32('B', 'K', ${n(i)})`,
    call: `einsum('bqd,bkd->bqk', x${i}, y${i})`,
  }),
  rearrange: i => ({
    inputs: `const x${i} = f32('B', 'T', ${12 * n(i, 64)})`,
    call: `rearrange(x${i}, 'b t (h d) -> b h t d', { h: 12 })`,
  }),
  'reshape, factors kept': i => ({ inputs: `const x${i} = f32('B', ${n(i)}, 28, 28)`, call: `reshape(x${i}, [${n(i)}, 'B', 28, 28])` }),
  'reshape with -1': i => ({ inputs: `const x${i} = f32('B', ${n(i)}, 28)`, call: `reshape(x${i}, ['B', -1])` }),
  'reshape, product computed': i => ({ inputs: `const x${i} = f32('B', ${n(i)}, 28)`, call: `reshape(x${i}, ['B', ${28 * n(i)}])` }),
  transpose: i => ({ inputs: `const x${i} = f32('B', ${n(i)}, 28)`, call: `transpose(x${i}, [0, 2, 1])` }),
  broadcastTo: i => ({ inputs: `const x${i} = f32(${n(i)})`, call: `broadcastTo(x${i}, ['B', ${n(i)}])` }),
  squeeze: i => ({ inputs: `const x${i} = f32('B', 1, ${n(i)})`, call: `squeeze(x${i}, [1])` }),
  expandDims: i => ({ inputs: `const x${i} = f32('B', ${n(i)})`, call: `expandDims(x${i}, 1)` }),
  sum: i => ({ inputs: `const x${i} = f32('B', 'T', ${n(i)})`, call: `sum(x${i}, ['T', -1])` }),
  'sum over one axis': i => ({ inputs: `const x${i} = f32('B', 'T', ${n(i)})`, call: `sum(x${i}, -1)` }),
  'mean, keepDims': i => ({ inputs: `const x${i} = f32('B', 'T', ${n(i)})`, call: `mean(x${i}, [-1], true)` }),
  argMax: i => ({ inputs: `const x${i} = f32('B', ${n(i)}, 10)`, call: `argMax(x${i}, -1)` }),
  cumsum: i => ({ inputs: `const x${i} = f32('B', ${n(i)})`, call: `cumsum(x${i}, 1)` }),
  softmax: i => ({ inputs: `const x${i} = f32('B', ${n(i)})`, call: `softmax(x${i}, -1)` }),
  concat: i => ({ inputs: `const x${i} = f32('B', ${n(i)}), y${i} = f32('B', ${n(i, 31)})`, call: `concat([x${i}, y${i}], 1)` }),
  stack: i => ({ inputs: `const x${i} = f32('B', ${n(i)})`, call: `stack([x${i}, x${i}], 1)` }),
  split: i => ({ inputs: `const x${i} = f32('B', ${3 * n(i)})`, call: `split(x${i}, 3, -1)` }),
  slice: i => ({ inputs: `const x${i} = f32('B', ${n(i)})`, call: `slice(x${i}, 1, 3, ${n(i, 90)})` }),
  pad: i => ({ inputs: `const x${i} = f32('B', ${n(i)})`, call: `pad(x${i}, [[0, 0], [1, ${n(i, 2)}]])` }),
  reverse: i => ({ inputs: `const x${i} = f32('B', ${n(i)})`, call: `reverse(x${i}, [1])` }),
  gather: i => ({ inputs: `const x${i} = f32(${n(i)}, 64), y${i} = i32('B')`, call: `gather(x${i}, y${i}, 0)` }),
  oneHot: i => ({ inputs: `const y${i} = i32('B', ${n(i)})`, call: `oneHot(y${i}, ${n(i, 10)})` }),
  scatterAdd: i => ({
    inputs: `const x${i} = f32(${n(i)}, 64), y${i} = i32(9), u${i} = f32(9, 64)`,
    call: `scatterAdd(x${i}, y${i}, u${i}, 0)`,
  }),
  topK: i => ({ inputs: `const x${i} = f32('B', ${n(i)})`, call: `topK(x${i}, 5, -1)` }),
  conv2d: i => ({
    inputs: `const x${i} = f32('B', ${n(i)}, ${n(i)}, 3), w${i} = f32(3, 3, 3, ${n(i, 32)})`,
    call: `conv2d(x${i}, w${i}, { stride: 2, padding: 1 })`,
  }),
  conv2dTranspose: i => ({
    inputs: `const x${i} = f32('B', ${n(i)}, ${n(i)}, 3), w${i} = f32(4, 4, ${n(i, 32)}, 3)`,
    call: `conv2dTranspose(x${i}, w${i}, { stride: 2, padding: 1 })`,
  }),
  maxPool2d: i => ({ inputs: `const x${i} = f32('B', ${2 * n(i)}, ${2 * n(i)}, 3)`, call: `maxPool2d(x${i}, 2)` }),
  upsample2d: i => ({ inputs: `const x${i} = f32('B', ${n(i)}, ${n(i)}, 3)`, call: `upsample2d(x${i}, 2)` }),
  tril: i => ({ inputs: `const x${i} = f32(${n(i)}, ${n(i)})`, call: `tril(x${i})` }),
  'applying a definition': i => ({
    inputs: `const x${i} = f32('N', ${n(i)}), p${i} = { w: f32(${n(i)}, ${n(i, 9)}), b: f32(${n(i, 9)}) }`,
    call: `affine(p${i}, x${i})`,
  }),
  'at': i => ({ inputs: '', call: `affine.at({ I: ${n(i)}, O: ${n(i, 9)} })` }),
  grad: i => ({ inputs: `const loss${i} = (p: { w: Tensor<[${n(i)}]>; b: Tensor<[${n(i, 9)}]> }) => sum(p.w)`, call: `grad(loss${i})` }),
  scan: i => ({
    inputs: `const c${i} = f32('B', ${n(i)}), x${i} = f32('T', 'B', ${n(i)})`,
    call: `scan((c, x) => [add(c, x), c], c${i}, x${i})`,
  }),
  seq: i => ({ inputs: '', call: `seq(linear(${n(i)}, ${n(i, 9)}), relu, linear(${n(i, 9)}, 10))` }),
}
