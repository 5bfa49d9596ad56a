import { commonSettings, defineFault } from '../fault.ts'
import { refusal } from '../refusal.ts'

/** The pretend Slack, which the bank's process has, refuses alerts; other partners go on. */
export const slackDown = defineFault({
  name: 'slack-down',
  summary: 'Slack refuses every alert.',
  imitates: 'an outage of the channel that is to report outages',
  hurts: 'people who wait for alerts: one that fails three times is dead until replayed, silently',
  spares: 'orders, payments and every other side effect',
  processes: ['bank'],
  settings: commonSettings,
  example: { probability: 1 },
  requests: (path) => path.startsWith('/partners/slack'),
  atRequest: async () => refusal('Slack is down'),
})
