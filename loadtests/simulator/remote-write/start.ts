import { z } from 'zod'
import { parseJson } from '../../crowd/parse-json.ts'
import { SettingsError } from '../../crowd/settings.ts'
import { CrowdMeter } from './crowd-meter.ts'
import { Pusher } from './pusher.ts'

const labelsSchema = z.record(z.string().regex(/^[a-z_]{1,32}$/), z.string().max(100))

/**
 * A meter whose values are pushed to Prometheus once a second.
 * @param url of the remote write receiver
 * @param labelsText JSON object: labels for every series
 * @throws SettingsError when the labels are none
 */
export function startRemoteWrite(
  url: string,
  labelsText: string,
  scenario: string,
): { meter: CrowdMeter; stop(): Promise<void> } {
  const labels = labelsSchema.safeParse(parseJson(labelsText)).data
  if (!labels)
    throw new SettingsError('STAMPEDE_REMOTE_WRITE_LABELS must be a JSON object of texts')
  const meter = new CrowdMeter({ scenario, ...labels })
  const pusher = new Pusher(url, () => meter.series())
  return { meter, stop: () => pusher.stop() }
}
