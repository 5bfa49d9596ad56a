import type { Connections } from '../../db/connections.ts'
import type { Design } from '../../designs/design.ts'
import type { OpenedOptions } from '../../designs/opened-options.ts'
import { byField, differences, type ShadowAnswer } from '../compare.ts'
import { type ShadowJob, type ShadowWay, Skipped } from '../shadows.ts'
import { changesIn } from './data-changes.ts'
import { pretended } from './pretended.ts'
import { openShadowSchema } from './shadow-schema.ts'
import { openShadowOptions, type WriteSettings } from './shadow-services.ts'
import { putRows, type TouchedRows, touchedBy } from './touched-rows.ts'

/**
 * Runs requests that write again, each option in turn on copies of the rows that the request
 * touches, in a schema that nothing else uses.
 * in: an answered request · out: its answer and the data that it left, as one answer · What leaves
 * the database is pretended: the bank answers as it has answered the customer, ids are counted
 * from 1, partners confirm.
 * @param shop reads the rows, without a lock
 */
export function openShadowWrites(
  settings: WriteSettings,
  shop: Pick<Connections, 'use'>,
): ShadowWay & { options: OpenedOptions; url: string; close(): Promise<void> } {
  const schema = openShadowSchema(settings.DATABASE_URL)
  const { connections, side } = schema
  const outside = pretended()
  const { options, close } = openShadowOptions(settings, { connections, side }, outside)
  const touched = new WeakMap<ShadowJob, TouchedRows>()

  const run = (job: ShadowJob, design: Design): Promise<ShadowAnswer> =>
    schema.alone(async () => {
      await putRows(connections, touched.get(job) ?? {})
      outside.begin(await job.served())
      const { status, body } = await job.run(options.ctx(design, job.route))
      const changes = await changesIn(connections)
      return { status, body: JSON.stringify({ answer: JSON.parse(body), ...changes }) }
    })

  return {
    url: schema.url,
    options,
    ready: schema.ready,
    run,
    async first(job) {
      touched.set(job, await touchedOf(shop, job))
      const answer = await run(job, job.design)
      return { answer, natural: changedSince(await job.served(), answer) }
    },
    async close() {
      await close()
      await schema.close()
    },
  }
}

/** @throws Skipped where the request cannot be repeated, or its payment is open */
export async function touchedOf(
  shop: Pick<Connections, 'use'>,
  job: ShadowJob,
): Promise<TouchedRows> {
  const { status } = await job.served()
  const rows = status === 202 ? undefined : await touchedBy(shop, await job.body())
  if (!rows) throw new Skipped()
  return rows
}

/** Fields in which the customer's answer differs from that of the same option run again. */
export function changedSince(served: ShadowAnswer, { status, body }: ShadowAnswer): string[] {
  const { answer } = JSON.parse(body) as { answer: unknown }
  const found = differences(served, { status, body: JSON.stringify(answer) })
  return [...byField(found).keys()].map((field) =>
    field === 'status' || field === 'other' ? field : `answer.${field}`,
  )
}
