/** What the recipes of binarised images share: the choice of data, and what the literature reports on it. */
import { fashionMnist, mnist, setting } from 'typegrad/run'

/** Settings of the data. */
export const imageSettings = {
  data: setting.oneOf(['mnist', 'fashion'], 'mnist', 'which images'),
  binarise: setting.oneOf(['stochastic', 'threshold'], 'stochastic', 'a fresh draw every epoch, or black above one half'),
} as const

interface Chosen { readonly data: 'mnist' | 'fashion'; readonly binarise: 'stochastic' | 'threshold' }

/** The images that the settings choose. */
export const images = ({ data, binarise }: Chosen) => (data === 'mnist' ? mnist : fashionMnist)({ binarise })

/** A published test likelihood in nats, on MNIST. */
interface Likelihood { readonly model: string; readonly nats: number; readonly source?: string }

/** Likelihoods to stand beside this run's, where it uses the same data: each says its binarisation. */
export const likelihoods = (...rows: readonly Likelihood[]) => ({ data, binarise }: Chosen) =>
  data === 'mnist' && binarise === 'stochastic'
    ? rows.map(({ model, nats, source = 'dynamic binarisation' }) => ({ model, metric: 'testNll', figure: nats, source })) : []
