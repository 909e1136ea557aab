import { add, concat, f32, i32, matmul, mul, sum } from '../../../../src/dsl/ops/index.js'
import type { Tensor } from '../../../../src/dsl/tensor.js'
import { customVjp } from '../../../../src/dsl/transform/custom-vjp.js'
import { grad, hvp, valueAndGrad } from '../../../../src/dsl/transform/grad.js'
import { jvp, vjp } from '../../../../src/dsl/transform/products.js'
import { scan } from '../../../../src/dsl/transform/scan.js'
import { mistake, untyped } from '../../harness/mistake.js'

const scores = (w: Tensor<[784, 10]>, x: Tensor<['B', 784]>) => matmul(x, w)
const total = (p: { w: Tensor<[3]>; n: Tensor<[3], 'int32'> }) => sum(p.w)
const count = (w: Tensor<[3]>) => i32()
const square = (x: Tensor<[2]>) => mul(x, x)
const energy = (x: Tensor<[2]>) => sum(mul(x, x))
const x = f32(2)
const w = f32(784, 10)
const batch = f32('B', 784)

mistake.runs('grad: a loss that is no scalar', () => grad(/*!*/ scores), () => untyped(grad)(scores)(w, batch))

mistake.runs('grad: a loss that is no float', () => grad(/*!*/ count), () => untyped(grad)(count)(f32(3)))

mistake.runs('grad: no loss', () => grad(/*!*/ (p: Tensor<[3]>) => ({ p })), () => untyped(grad)((p: Tensor<[3]>) => ({ p }))(f32(3)))

mistake.runs('grad: integers have no gradient', () => grad(/*!*/ total), () => untyped(grad)(total)({ w: f32(3), n: i32(3) }))

mistake.runs('valueAndGrad: a loss that is no scalar', () => valueAndGrad(/*!*/ square), () => untyped(valueAndGrad)(square)(x))

mistake.runs('hvp: a loss that is no scalar', () => hvp(/*!*/ square), () => untyped(hvp)(square)(x, x))

mistake('hvp: a direction of another shape', () => hvp(energy)(x, /*!*/ f32(3)))

mistake('jvp: a tangent of another shape', () => jvp(square, [x], /*!*/ [f32(3)]))

mistake('jvp: too few tangents', () => jvp(square, [x], /*!*/ []))

mistake('vjp: a cotangent of another dtype', () => vjp(square, x)[1](/*!*/ i32(2)))

mistake.runs('customVjp: a cotangent of another shape', () => customVjp(square, g => /*!*/ [sum(g)]),
  () => grad((y: Tensor<[2]>) => sum(customVjp(square, g => [sum(g)] as never)(y)))(x))

mistake('scan: another carry', () => scan((c, z) => [
  /*!*/ concat([c, z], 0), z], f32(3), f32('T', 3)))

mistake('scan: deep in the carry', () => scan((c, z) => [
  /*!*/ { h: z }, z], { h: f32(3) }, f32('T', 4)))

mistake('scan: a key too many in the carry', () => scan((c, z) => [
  /*!*/ { h: c.h, z }, z], { h: f32(3) }, f32('T', 3)))

mistake('scan: different numbers of steps', () => scan((c, z) => [c, z.a], f32(3), /*!*/ { a: f32('T', 3), b: f32('S', 3) }))

mistake('scan: nothing to scan over', () => scan((c, z) => [add(c, z), z], f32(), /*!*/ f32()))

mistake('scan: no length', () => scan(c => [c, c], f32(3), /*!*/ []))
