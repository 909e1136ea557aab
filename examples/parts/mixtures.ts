/** What the recipes of GANs on mixtures of Gaussians share: the mixtures, sizes, and how a generator's samples are judged and shown. */
import { splitKey, type Key } from 'typegrad'
import { gridOfGaussians, ringOfGaussians, type GeneratorNetwork, type Layers, type Mixture } from 'typegrad/models'
import { setting } from 'typegrad/run'

const mixtures = { ring8: ringOfGaussians, grid25: gridOfGaussians } as const
type Name = keyof typeof mixtures

/** Which mixture, `first` unless said. */
export const mixtureSetting = (first: Name) => setting.oneOf(['ring8', 'grid25'], first, 'which mixture')
/** Units of the players. */
export const hiddenSetting = setting.ints([128, 128, 128], 'units of each hidden layer of both players', { min: 1 })
/** Samples a move. */
export const batchSetting = setting.int(256, 'samples a move', { min: 1 })

/** The mixture that the settings choose. */
export const mixtureOf = ({ data }: { readonly data: Name }): Mixture => mixtures[data]()

/** The batch of a move, drawn anew: there is no data set. */
export const drawn = (real: Mixture, key: Key) => real.sample(splitKey(key, 'data').data, 'B')

/** How many modes ten thousand samples reach, and how many of them lie at one. */
export const quality = ({ model, params, key }: {
  readonly model: GeneratorNetwork<2, 2> & { readonly real: Mixture }; readonly params: { readonly generator: Layers }; readonly key: Key
}) => model.real.quality(model.sample(params.generator, key, 10_000))

/** Samples as points, over the modes. */
export const view = (settings: { readonly data: Name }) =>
  ({ count: 2000, plot: { x: [-2, 2], y: [-2, 2] }, reference: mixtureOf(settings).modes } as const)
