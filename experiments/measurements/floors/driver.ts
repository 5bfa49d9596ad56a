import type { Session } from '../../../lab/processes/session.ts'
import { startFakeShop } from '../../../loadtests/testing/fake-shop.ts'
import type { Driver } from '../../run/result.ts'
import { sendCrowd } from '../../run/send-crowd.ts'
import type { Benchmark } from '../measurement.ts'
import { interleaved } from '../turns.ts'

const rounds = 6
const rate = 150
/** The difference of a long and a short run is free of what a start costs. */
const seconds = { short: 2, long: 6 }
const floor = 2.5

/**
 * Processor time per journey, same journeys, same answers: k6 ÷ the simulator. What one journey
 * costs the generator: the smaller, the more is left for the shop.
 */
export const driver: Benchmark = async (experiment, advance) => {
  const { k6Path } = await experiment.driver()
  if (!k6Path) return []
  const shop = startFakeShop({ recordsRequests: false })
  let run = 0
  const cost = (name: Driver) => () =>
    microsPerJourney(experiment.session, name, k6Path, shop.target, run++)
  try {
    const { ratio } = await interleaved([cost('simulator'), cost('k6')], rounds, advance)
    return [{ name: 'driver', ...ratio, floor, better: 'higher', unit: 'ratio' }]
  } finally {
    await shop.stop()
  }
}

async function microsPerJourney(
  session: Session,
  driver: Driver,
  k6Path: string,
  target: string,
  run: number,
): Promise<number> {
  const one = async (durationSeconds: number) => {
    const name = `bench-${run}-${durationSeconds}`
    const { cpuMicros, started } = await sendCrowd(session, {
      ...{ name, driver, k6Path, target, rate, durationSeconds },
      ...{ scenario: 'smoke', seed: run >> 1, keyPrefix: `${name}-${driver}`, users: 1000 },
    })
    if (cpuMicros === null) throw new Error(`${driver}: its processor time is not known`)
    return { cpuMicros, started }
  }
  const short = await one(seconds.short)
  const long = await one(seconds.long)
  return (long.cpuMicros - short.cpuMicros) / (long.started - short.started)
}
