/** Derivatives and loops: trees in, the same trees out. */
import { define } from '../../../src/dsl/define/define.js'
import { add, exp, f32, i32, matmul, mul, sum } from '../../../src/dsl/ops/index.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { customVjp } from '../../../src/dsl/transform/custom-vjp.js'
import { grad, hvp, valueAndGrad } from '../../../src/dsl/transform/grad.js'
import { jvp, vjp } from '../../../src/dsl/transform/products.js'
import { scan } from '../../../src/dsl/transform/scan.js'
import { same, type Equal } from '../harness/equal.js'

interface Params { readonly l1: { readonly w: Tensor<[784, 10]>; readonly b: Tensor<[10]> }; readonly s: readonly [Tensor<[]>] }
const loss = (p: Params, x: Tensor<['B', 784]>, ids: Tensor<['B'], 'int32'>) => sum(add(matmul(x, p.l1.w), p.l1.b))
declare const params: Params

const g = grad(loss)
same<Equal<ReturnType<typeof g>, Params>>()
same<Equal<Parameters<typeof g>[1], Tensor<['B', 784]>>>()
const second = grad((p: Params, x: Tensor<['B', 784]>) => sum(g(p, x, i32('B')).l1.w))
same<Equal<ReturnType<typeof second>, Params>>()
const [value, gradient] = valueAndGrad(loss)(params, f32('B', 784), i32('B'))
same<Equal<typeof value, Tensor<[]>>>()
same<Equal<typeof gradient, Params>>()
const product = hvp(loss)(params, params, f32('B', 784), i32('B'))
same<Equal<typeof product, Params>>()

// The gradient of a definition is a definition
const energy = define({ w: f32('I', 'O') }, [f32('B', 'I')], (p, x) => sum(matmul(x, p.w)))
const dEnergy = grad(energy)({ w: f32(784, 10) }, f32('N', 784))
same<Equal<typeof dEnergy, { readonly w: Tensor<[784, 10]> }>>()
const atSizes = grad(energy).at({ I: 3 })
same<Equal<typeof atSizes.params.w, Tensor<[3, 'O']>>>()

const [y, dy] = jvp((x: Tensor<[2]>, z: Tensor<['B', 2]>) => ({ y: mul(z, x), z }), [f32(2), f32('B', 2)], [f32(2), f32('B', 2)])
same<Equal<typeof y.y, Tensor<['B', 2]>>>()
same<Equal<typeof dy.z, Tensor<['B', 2]>>>()
const [v, pull] = vjp((x: Tensor<[2]>, z: Tensor<['B', 2]>) => mul(z, x), f32(2), f32('B', 2))
same<Equal<typeof v, Tensor<['B', 2]>>>()
const pulled = pull(f32('B', 2))
same<Equal<typeof pulled, [x: Tensor<[2]>, z: Tensor<['B', 2]>]>>()

const stable = customVjp((x: Tensor<['B', 2]>, n: Tensor<['B'], 'int32'>) => exp(x), (ct, out, x, n) => [mul(ct, out), null])
const stabilised = stable(f32('B', 2), i32('B'))
same<Equal<typeof stabilised, Tensor<['B', 2]>>>()

// Loops: bodies without annotations, trees as carry, inputs and results
const [carry, kept] = scan((c, x) => [{ h: add(matmul(x.x, f32(5, 7)), c.h), n: c.n }, [c.h, x.x] as const],
  { h: f32('B', 7), n: i32() }, { x: f32('T', 'B', 5) })
same<Equal<typeof carry.h, Tensor<['B', 7]>>>()
same<Equal<typeof kept[0], Tensor<['T', 'B', 7]>>>()
same<Equal<typeof kept[1], Tensor<['T', 'B', 5]>>>()
const [final, none] = scan(c => [mul(c, c), []], f32(3), [], { length: 10 })
same<Equal<typeof final, Tensor<[3]>>>()
void none
const [, annotated] = scan((c: Tensor<[]>, x: Tensor<[]>) => [add(c, x), mul(c, x)], f32(), f32(9), { reverse: true })
same<Equal<typeof annotated, Tensor<[9]>>>()
