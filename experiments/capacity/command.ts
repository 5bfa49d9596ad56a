import { writeReport } from '../report/write.ts'
import { runExperiment } from '../run/experiment.ts'
import { capacityDocument } from './document.ts'
import type { CapacityOptions } from './options.ts'
import { type CapacityResult, verdictOf } from './result.ts'
import { searchAll } from './search-arms.ts'

/**
 * Searches the highest rate that each arm holds, with each bank, and compares the arms.
 * @returns the exit code: 0, 1 an invariant broke, 2 the last arm holds nothing, 3 a border could
 * not be established
 * @throws UserError when a server or tool is unavailable
 */
export async function capacity(options: CapacityOptions): Promise<number> {
  return await runExperiment(options, async (experiment) => {
    const testBed = await experiment.testBed()
    const versions = await experiment.environment(testBed)
    const banks = await searchAll(testBed, options)
    const { scenario, arrivals, objective, bounds, durationSeconds, seed, driver, quick } = options
    const result: CapacityResult = {
      verdict: verdictOf(banks),
      ...{ banks, scenario, arrivals, objective, bounds, durationSeconds, seed, driver, quick },
      versions,
      startedAt: experiment.startedAt.toISOString(),
    }
    const document = capacityDocument(result)
    const folder = experiment.folder('capacity')
    await experiment.show(document, folder, () =>
      writeReport(folder, document, result, options.jsonFile),
    )
    return result.verdict
  })
}
