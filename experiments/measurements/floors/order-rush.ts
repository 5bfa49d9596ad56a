import { estimate } from '../../judge/inference.ts'
import { percentile } from '../../judge/statistics.ts'
import { withArms } from '../arms.ts'
import { checkoutDesigns } from '../checkout/shop.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { expectSound, orderRush, type Rush } from '../order-rush.ts'
import { inTurns, quotients } from '../turns.ts'

const buyers = 1000
const rounds = 4
/** Of those who come first to a process, which has compiled nothing yet. */
const warmUp = 100
const lastMsMax = { after: 1000, peak: 500 }

/**
 * 1,000 buyers of 1,000 units, whole orders paid at once, over HTTP: time to the last right answer,
 * before ÷ peak, and how often a buyer is refused on the way. What is sold is audited.
 */
export const orderRushes: Benchmark = async (experiment, advance) => {
  const testBed = await experiment.testBed()
  const designs = { before: 'before', after: 'after', peak: 'peak' }
  return await withArms(testBed, designs, 'order-rush', async (arms) => {
    for (const arm of Object.values(arms)) await orderRush(arm, warmUp)
    const rush = (name: keyof typeof designs) => orderRush(arms[name], buyers)
    const rushes = await inTurns(checkoutDesigns, rounds, rush, advance)
    for (const arm of Object.values(arms)) await expectSound(arm)
    return figuresOf(rushes)
  })
}

type Rushes = Record<(typeof checkoutDesigns)[number], Rush[]>

function figuresOf(rushes: Rushes): Figure[] {
  const lasts = (name: keyof Rushes) => rushes[name].map(({ lastMs }) => lastMs)
  const refusals = rushes.peak.map(({ refused }) => refused)
  const words = checkoutDesigns.map((name) => {
    const refused = rushes[name].map((rush) => rush.refused)
    const range = `${Math.min(...refused)} to ${Math.max(...refused)}`
    return `${name} ${(percentile(lasts(name), 0.5) / 1000).toFixed(2)} s, ${range} refusals`
  })
  const last = (name: keyof typeof lastMsMax): Figure => ({
    ...{ name: `order-rush-${name}`, ...estimate(lasts(name)), floor: lastMsMax[name] },
    ...{ better: 'lower', unit: `ms until the last of ${buyers} answers, ${name}` },
  })
  return [
    {
      ...{ name: 'order-rush', ...estimate(quotients(lasts('before'), lasts('peak'))) },
      ...{ floor: 10, aim: 30, better: 'higher', unit: 'ratio (before ÷ peak)' },
      note: `until the last of ${buyers} buyers has a paid order, medians: ${words.join('; ')}`,
    },
    last('after'),
    last('peak'),
    {
      name: 'order-rush-refusals',
      value: Math.max(...refusals),
      ...{ low: Math.min(...refusals), high: Math.max(...refusals) },
      ...{ floor: 0, better: 'lower', unit: `refusals of ${buyers} buyers, peak` },
    },
  ]
}
