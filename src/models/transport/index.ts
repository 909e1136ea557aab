/** Optimal transport between measures, exactly: what critics are held against. */
export { optimalTransport, type TransportOptions, type TransportPlan } from './plan.js'
export { kantorovichRubinstein, type BestCritic } from './kantorovich-rubinstein.js'
export { gaussianWasserstein2, wassersteinOnLine, type Gaussian } from './closed-forms.js'
export type { Measure } from './measure.js'
