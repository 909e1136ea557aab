/** The names of a run's files, besides its record and its checkpoint. */
export const FILES = {
  metrics: 'metrics.jsonl', events: 'events.out.tfevents.0.typegrad', loss: 'loss.svg',
  /** In place of the loss, where training reports none. */
  curve: 'curve.svg', samples: 'samples.png', report: 'report.md',
} as const
