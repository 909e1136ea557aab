/** The critic of WGAN-GP alone, between two clouds of points whose exact distance is known: how far does its estimate come? */
import { adam, add, gradientPenalty, key, mean, mul, normal, schedule, splitKey, sub, tensor, type Tensor } from 'typegrad'
import { evaluate } from 'typegrad/engines'
import { gridOfGaussians, wassersteinOnLine, wgan } from 'typegrad/models'
import { arrays, defineRecipe, setting } from 'typegrad/run'

const POINTS = 1000
const { here, there } = splitKey(key(0), 'here', 'there')

/** Two clouds, row after row: a mixture in the plane and the same moved by a vector; two samples on the line of different spread. */
const clouds = {
  plane: (() => {
    const cloud = gridOfGaussians().sample(here, POINTS)
    return { dims: 2, x: evaluate(cloud).data, y: evaluate(add(cloud, tensor([0.6, -0.8]))).data }
  })(),
  line: { dims: 1, x: evaluate(normal(here, [POINTS, 1])).data, y: evaluate(add(mul(normal(there, [POINTS, 1]), 0.5), 1)).data },
}
const points = (column: ArrayLike<number>): number[][] => Array.from(column, v => [v])
const exact = {
  // a translation is the best plan there is: everything moves by the same vector, of length 1
  plane: () => Math.hypot(0.6, -0.8),
  line: () => wassersteinOnLine({ points: points(clouds.line.x) }, { points: points(clouds.line.y) }),
}

export default defineRecipe({
  name: 'critic',
  summary: 'A WGAN-GP critic\'s estimate of the distance between two clouds of points, beside the exact one.',
  settings: {
    data: setting.oneOf(['plane', 'line'], 'plane', 'a cloud in the plane and its translation by 1, or two samples on the line'),
    lambda: setting.number(50, 'λ, the weight of the gradient penalty; the estimate is some d/2λ of itself too large', { min: 1e-6 }),
    lr: setting.number(2e-3, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
  },
  data: ({ data }) => {
    const { dims, x, y } = clouds[data]
    const field = { shape: [dims], dtype: 'float32' } as const
    return arrays(`two clouds: ${data}`, { x: field, y: field }, { x, y })
  },
  model: ({ data }) => {
    const { params, critic } = wgan({
      dims: clouds[data].dims, latent: 1, hidden: { critic: [64, 64], generator: [] }, lipschitz: { penalty: 1 },
    })
    return { params: params.critic, f: critic, exact: exact[data]() }
  },
  objective: ({ settings: { lambda }, model: { f }, params, batch: { x, y }, key }) => {
    const estimate = sub(mean(f(params, x)), mean(f(params, y)))
    const penalty = gradientPenalty({ weight: lambda, of: (z: Tensor<['B', number]>) => f(params, z), between: [x, y], key })
    return { loss: sub(mul(lambda, penalty.value), estimate), metrics: { estimate } }
  },
  optimiser: ({ lr }, { steps }) => adam(schedule.cosine({ from: lr, steps })),
  schedule: () => ({ batch: 250, length: { steps: 4000 }, evaluate: { steps: 1000 } }),
  evaluation: ({ model: { f, exact }, params, batch: { x, y } }) => ({ estimate: sub(f(params, x), f(params, y)), exact: tensor(exact) }),
})
