/** A run that plays one fault until somebody ends it: `bun play-faults.ts URL TOKEN RUN`. */
import { playFaults } from '../run/fault-timeline.ts'

const [url = '', token = '', run = ''] = process.argv.slice(2)
const fault = { name: 'retry-storm', settings: {}, fromSeconds: 0, toSeconds: 600 }
const never = new AbortController().signal
await playFaults({ url, token }, run, [fault], Promise.resolve(Date.now()), never)
