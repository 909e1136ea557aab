import { einsum, f32 } from '../../../src/dsl/ops/index.js'
import type { Shape, Tensor } from '../../../src/dsl/tensor.js'
import type { Rearrange } from '../../../src/dsl/shape/rearrange.js'
import { same, type Equal } from '../harness/equal.js'

const q = f32('B', 'Q', 64),
  k = f32('B', 'K', 64)
const a = einsum('bqd, bkd->bqk', q, k)
same<Equal<typeof a, Tensor<['B', 'Q', 'K']>>>()
const a1 = einsum('b h q d, b h k d -> b h q k', f32('B', 12, 'T', 64), f32('B', 12, 'T', 64))
same<Equal<typeof a1, Tensor<['B', 12, 'T', 'T']>>>()
const a2 = einsum('ii->', f32(3, 3))
same<Equal<typeof a2, Tensor<[]>>>()
const a3 = einsum('...d, ...kd->...k', f32('B', 'Q', 64), f32('B', 'Q', 'K', 64))
same<Equal<typeof a3, Tensor<['B', 'Q', 'K']>>>()
const a4 = einsum('...d, do->...o', q, f32(64, 10))
same<Equal<typeof a4, Tensor<['B', 'Q', 10]>>>()
const a5 = einsum('ii->i', f32(3, 3))
same<Equal<typeof a5, Tensor<[3]>>>()
const a6 = einsum('...d, kd->k...', q, f32('K', 64))
same<Equal<typeof a6, Tensor<['K', 'B', 'Q']>>>()
const a7 = einsum('ij, jk, kl->il', f32('I', 3), f32(3, 4), f32(4, 'L'))
same<Equal<typeof a7, Tensor<['I', 'L']>>>()
same<Equal<Rearrange<['B', 'T', 768], 'b t (h d) -> b h t d', { h: 12 }>, ['B', 12, 'T', 64]>>()
same<Equal<Rearrange<['B', 12, 'T', 64], 'b h t d -> b t (h d)'>, ['B', 'T', 768]>>()
same<Equal<Rearrange<['B', 224, 224, 3], 'b (h p) (w q) c -> b (h w) (p q c)', { p: 16; q: 16 }>, ['B', 196, 768]>>()
same<Equal<Rearrange<['B', 'T', 8], 'b t d -> (b t) d'>, ['B*T', 8]>>()
same<Equal<Rearrange<['B', 1, 8], 'b 1 d -> d 1 b 1'>, [8, 1, 'B', 1]>>()
same<Equal<Rearrange<['B'], '(b 1) -> b'>, ['B']>>()
same<Equal<Rearrange<['2*B'], '(b two) -> two b', { two: 2 }>, [2, 'B']>>()
declare const u: Tensor<Shape>
const u1 = einsum('ij->i', u)
same<Equal<typeof u1, Tensor<Shape>>>()
